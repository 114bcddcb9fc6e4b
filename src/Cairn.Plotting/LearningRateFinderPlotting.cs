using Cairn.Callbacks;
using Cairn.Plotting;

namespace Cairn;

/// <summary>Draws the sweep of a <see cref="LearningRateFinder"/> into a PNG file.</summary>
public static class LearningRateFinderPlotting
{
    /// <summary>Draws the loss over the learning rate, raw and smoothed, and marks the suggestion.</summary>
    /// <param name="finder">A finder that has been part of a <c>Fit</c>.</param>
    /// <param name="path">The PNG file. Missing folders are made.</param>
    /// <param name="title">What stands above; nothing by default.</param>
    /// <param name="width">Pixels from left to right, 300 to 8000; 1000 by default.</param>
    /// <param name="height">Pixels from top to bottom, 300 to 8000; 650 by default.</param>
    /// <exception cref="ArgumentException">The path does not end in <c>.png</c>.</exception>
    /// <exception cref="InvalidOperationException">No learning rates have been tried yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before stays.</exception>
    public static void Plot(this LearningRateFinder finder, string path, string? title = null, int width = 1000, int height = 650)
    {
        ArgumentNullException.ThrowIfNull(finder);
        if (finder.Rates.Count == 0)
        {
            throw new InvalidOperationException("No learning rates have been tried yet; give the finder to a Fit first.");
        }

        Picture.Write(path, width, height, LearningRateFigure.Of(finder, title ?? ""), [title ?? ""]);
    }
}
