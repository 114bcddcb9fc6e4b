using System.Text;
using Cairn.Callbacks;
using Cairn.Dashboard.Live;
using Cairn.Dashboard.Reports;
using Cairn.Dashboard.Runs;
using Cairn.Saving;

namespace Cairn;

/// <summary>Writes histories as reports that open in any browser.</summary>
public static class HistoryReports
{
    /// <summary>
    /// Writes a history to one HTML file: curves with zoom, log scale and smoothing, marks where callbacks acted, the list of events, the
    /// best values, and the settings of the training. The file needs no server and loads nothing.
    /// </summary>
    /// <example>
    /// <code>
    /// History history = model.Fit(x, y, epochs: 20, validationSplit: 0.2);
    /// history.ToHtml("run.html", model: model);
    /// </code>
    /// </example>
    /// <param name="history">A history returned by <c>Fit</c> or read by <see cref="History.Load"/>.</param>
    /// <param name="path">
    /// The file to write. Missing folders are created; an existing file is replaced when the new one is complete.
    /// </param>
    /// <param name="title">The title; null (default) for the name of the model or of the file.</param>
    /// <param name="model">The model, to include its summary and graph; null (default) to leave them out.</param>
    /// <exception cref="ArgumentException">The path does not end in <c>.html</c> or <c>.htm</c>.</exception>
    /// <exception cref="IOException">The file can't be written; an existing file is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; an existing file is kept.</exception>
    public static void ToHtml(this History history, string path, string? title = null, Model? model = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".htm", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The path of a report must end in '.html' or '.htm'; it is '{path}'.", nameof(path));
        }

        var log = new RunLog("report", title ?? model?.Name ?? Path.GetFileNameWithoutExtension(path), "report");
        log.Follow(history);
        log.Description = (model is null ? RunDescription.Empty : ModelDescription.OfModel(model)) with { Settings = history.Settings };
        byte[] html = Encoding.UTF8.GetBytes(ReportPage.Of(log));
        AtomicFile.Write(path, stream => stream.Write(html));
    }
}
