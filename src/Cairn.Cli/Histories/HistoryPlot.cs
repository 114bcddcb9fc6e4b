using Cairn.Saving;
using ScottPlot;
using SkiaSharp;

namespace Cairn.Cli.Histories;

/// <summary>Draws a history: the loss, the metrics and the learning rate above each other, with marks where callbacks acted.</summary>
internal static class HistoryPlot
{
    public const int DefaultWidth = 1200;
    public const int DefaultHeight = 1000;
    private const string Validation = "val_";
    private const string LearningRate = "learning_rate";

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <exception cref="CommandException">The history has no epochs.</exception>
    public static void Write(string path, HistoryTable history, string title, int width = DefaultWidth, int height = DefaultHeight)
    {
        if (history.Epochs.Count == 0) throw new CommandException("the history has no epochs, so there is nothing to draw");
        EmbeddedFont.Register();
        byte[] png = Render(history, title, width, height);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static byte[] Render(HistoryTable history, string title, int width, int height)
    {
        IReadOnlyList<string[]> panels = Panels(history);
        var figure = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Rows() };
        while (figure.Subplots.Count < panels.Count) figure.AddPlot(new Plot());
        for (int index = 0; index < panels.Count; index++)
        {
            HistoryPanel.Draw(figure.Subplots.GetPlot(index), history, panels[index], isFirst: index == 0, isLast: index == panels.Count - 1);
        }

        figure.Subplots.GetPlot(0).Title(title, HistoryPanel.TitleSize);
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height));
        figure.Render(surface.Canvas, new PixelRect(0, width, height, 0));
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The names of each panel: loss first, then each metric with its validation value, the learning rate last.</summary>
    private static List<string[]> Panels(HistoryTable history)
    {
        List<string[]> panels = [];
        IEnumerable<string> stems = history.Names.Where(name => name != LearningRate).Select(Stem).Distinct();
        foreach (string stem in stems.OrderBy(stem => stem == "loss" ? 0 : 1).ThenBy(stem => stem, StringComparer.Ordinal))
        {
            panels.Add([.. new[] { stem, Validation + stem }.Where(history.Names.Contains)]);
        }

        if (history.Names.Contains(LearningRate)) panels.Add([LearningRate]);
        return panels;
    }

    private static string Stem(string name) => name.StartsWith(Validation, StringComparison.Ordinal) ? name[Validation.Length..] : name;
}
