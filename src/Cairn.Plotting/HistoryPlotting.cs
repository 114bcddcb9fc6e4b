using Cairn.Callbacks;
using Cairn.Plotting;

namespace Cairn;

/// <summary>Plots histories to PNG files.</summary>
public static class HistoryPlotting
{
    private const int DefaultWidth = 1200;
    private const int WidthOfOneOfSeveral = 800;
    private const int SmallestHeight = 1000;
    private const int HeightOfPanel = 290;
    private const int MostRuns = 8;

    /// <summary>
    /// Plots a history: the loss, each metric with its validation values, and the learning rate, over the epochs counted from 1, with
    /// marks where callbacks acted.
    /// </summary>
    /// <example>
    /// <code>
    /// History history = model.Fit(x, y, epochs: 20, validationSplit: 0.2);
    /// history.Plot("history.png");
    /// </code>
    /// </example>
    /// <param name="history">A history returned by <c>Fit</c> or read by <see cref="History.Load"/>.</param>
    /// <param name="path">The PNG file. Missing folders are created.</param>
    /// <param name="title">The title; none by default.</param>
    /// <param name="width">Width in pixels, 300 to 8000; null (default) for 1200.</param>
    /// <param name="height">Height in pixels, 300 to 8000; null (default) for 1000, or more if there are many metrics.</param>
    /// <exception cref="ArgumentException">The history has no epochs, or the path does not end in <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    public static void Plot(this History history, string path, string? title = null, int? width = null, int? height = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        Plot([KeyValuePair.Create(title ?? "", history)], path, width, height);
    }

    /// <summary>Plots several runs side by side, each under its name, on the same axes for comparison.</summary>
    /// <example>
    /// <code>
    /// new Dictionary&lt;string, History&gt; { ["adam"] = first, ["sgd"] = second }.Plot("runs.png");
    /// </code>
    /// </example>
    /// <param name="runs">Names and histories, at most 8, drawn from left to right.</param>
    /// <param name="path">The PNG file. Missing folders are created.</param>
    /// <param name="width">Width in pixels, 300 to 8000; null (default) for 1200, or 800 per run for several runs.</param>
    /// <param name="height">Height in pixels, 300 to 8000; null (default) for 1000, or more if there are many metrics.</param>
    /// <exception cref="ArgumentException">
    /// There is no run, there are more than 8, one has no epochs, or the path does not end in <c>.png</c>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    public static void Plot(this IEnumerable<KeyValuePair<string, History>> runs, string path, int? width = null, int? height = null)
    {
        ArgumentNullException.ThrowIfNull(runs);
        KeyValuePair<string, History>[] drawn = [.. runs];
        if (drawn.Length is 0 or > MostRuns)
        {
            throw new ArgumentException($"Plot takes 1 to {MostRuns} runs; there are {drawn.Length}.", nameof(runs));
        }

        foreach ((string? name, History? history) in drawn)
        {
            if (history is not { Epochs.Count: > 0 })
            {
                throw new ArgumentException($"The history{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")} has no epochs to plot.",
                    nameof(runs));
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
