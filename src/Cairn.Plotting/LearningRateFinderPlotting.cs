using Cairn.Callbacks;
using Cairn.Plotting;

namespace Cairn;

/// <summary>Plots the sweep of a <see cref="LearningRateFinder"/> to a PNG file.</summary>
public static class LearningRateFinderPlotting
{
    /// <summary>Plots the loss over the learning rate, raw and smoothed, and marks the suggested rate.</summary>
    /// <param name="finder">A finder that was passed to a <c>Fit</c>.</param>
    /// <param name="path">The PNG file. Missing folders are created.</param>
    /// <param name="title">The title; none by default.</param>
    /// <param name="width">Width in pixels, 300 to 8000; 1000 by default.</param>
    /// <param name="height">Height in pixels, 300 to 8000; 650 by default.</param>
    /// <exception cref="ArgumentException">The path does not end in <c>.png</c>.</exception>
    /// <exception cref="InvalidOperationException">No learning rates have been tried yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    public static void Plot(this LearningRateFinder finder, string path, string? title = null, int width = 1000, int height = 650)
    {
        ArgumentNullException.ThrowIfNull(finder);
        if (finder.Rates.Count == 0)
        {
            throw new InvalidOperationException("No learning rates have been tried yet; pass the finder to Fit first.");
        }

        Picture.Write(path, width, height, LearningRateFigure.Of(finder, title ?? ""), [title ?? ""]);
    }
}
