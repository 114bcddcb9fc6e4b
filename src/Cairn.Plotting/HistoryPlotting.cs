using Cairn.Callbacks;
using Cairn.Plotting;

namespace Cairn;

/// <summary>Draws histories into PNG files.</summary>
public static class HistoryPlotting
{
    private const int DefaultWidth = 1200;
    private const int WidthOfOneOfSeveral = 800;
    private const int SmallestHeight = 1000;
    private const int HeightOfPanel = 290;
    private const int MostRuns = 8;

    /// <summary>
    /// Draws a history: the loss, each metric beside its validation value, and the learning rate, over the epochs counted from 1, with
    /// marks where callbacks acted.
    /// </summary>
    /// <example>
    /// <code>
    /// History history = model.Fit(x, y, epochs: 20, validationSplit: 0.2);
    /// history.Plot("history.png");
    /// </code>
    /// </example>
    /// <param name="history">What <c>Fit</c> returned, or <see cref="History.Load"/> read.</param>
    /// <param name="path">The PNG file. Missing folders are made.</param>
    /// <param name="title">What stands above; nothing by default.</param>
    /// <param name="width">Pixels from left to right, 300 to 8000; null (default) for 1200.</param>
    /// <param name="height">Pixels from top to bottom, 300 to 8000; null (default) for 1000, or more where there are many metrics.</param>
    /// <exception cref="ArgumentException">The history has no epochs, or the path does not end in <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before stays.</exception>
    public static void Plot(this History history, string path, string? title = null, int? width = null, int? height = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        Plot([KeyValuePair.Create(title ?? "", history)], path, width, height);
    }

    /// <summary>Draws several runs side by side, each under its name, on the same axes so that they compare.</summary>
    /// <example>
    /// <code>
    /// new Dictionary&lt;string, History&gt; { ["adam"] = first, ["sgd"] = second }.Plot("runs.png");
    /// </code>
    /// </example>
    /// <param name="runs">Names and histories, at most 8, from left to right.</param>
    /// <param name="path">The PNG file. Missing folders are made.</param>
    /// <param name="width">Pixels from left to right, 300 to 8000; null (default) for 1200, or 800 for each of several.</param>
    /// <param name="height">Pixels from top to bottom, 300 to 8000; null (default) for 1000, or more where there are many metrics.</param>
    /// <exception cref="ArgumentException">There is no run, there are more than 8, one has no epochs, or the path does not end in <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before stays.</exception>
    public static void Plot(this IEnumerable<KeyValuePair<string, History>> runs, string path, int? width = null, int? height = null)
    {
        ArgumentNullException.ThrowIfNull(runs);
        KeyValuePair<string, History>[] drawn = [.. runs];
        if (drawn.Length is 0 or > MostRuns)
        {
            throw new ArgumentException($"1 to {MostRuns} runs are drawn side by side; there are {drawn.Length}.", nameof(runs));
        }

        foreach ((string? name, History? history) in drawn)
        {
            if (history is not { Epochs.Count: > 0 })
            {
                throw new ArgumentException($"The history{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")} has no epochs, so there is "
                    + "nothing to draw.", nameof(runs));
            }
        }

        Picture.Write(
            path,
            width ?? (drawn.Length == 1 ? DefaultWidth : drawn.Length * WidthOfOneOfSeveral),
            height ?? Math.Clamp(HistoryPanels.Of(drawn.Select(run => run.Value)).Count * HeightOfPanel, SmallestHeight, Picture.Largest),
            HistoryFigure.Of(drawn),
            [.. drawn.Select(run => run.Key), .. drawn.SelectMany(run => run.Value.Keys)],
            [.. drawn.SelectMany(run => EventMark.In(run.Value)).Select(one => one.Mark).Distinct()]);
    }
}
