using Cairn.Callbacks;
using Cairn.Saving;
using ScottPlot;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>Writes plots to a PNG file, completely or not at all.</summary>
internal static class Picture
{
    public const int Smallest = 300;
    public const int Largest = 8000;

    private static readonly Lock Gate = new();

    /// <param name="path">The file.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="draw">Creates the plots.</param>
    /// <param name="texts">User-defined texts in the picture, in any language.</param>
    /// <param name="marks">The marks to explain in the legend.</param>
    /// <exception cref="ArgumentException">The path does not end in <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    public static void Write(string path, int width, int height, Func<Multiplot> draw, IEnumerable<string> texts,
        IReadOnlyList<EventMark>? marks = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The path of a plot must end in '.png'; it was '{path}'.", nameof(path));
        }

        CheckSize(width, nameof(width));
        CheckSize(height, nameof(height));
        (PictureFont font, string missing) = PictureFont.For([.. texts, .. (marks ?? []).Select(mark => mark.Text)]);
        byte[] png;
        lock (Gate)
        {
            // ScottPlot has one font for the whole process.
            font.Use();
            png = Render(draw(), width, height, marks ?? [], font);
        }

        AtomicFile.Write(path, stream => stream.Write(png));
        if (missing.Length > 0)
        {
            Console.Error.WriteLine(MissingWarning(path, missing));
        }
    }

    /// <summary>The warning about characters that no font has: the picture is written with boxes in their place.</summary>
    internal static string MissingWarning(string path, string missing) =>
        $"Warning: no installed font can draw '{missing}'; {path} shows empty boxes instead. Install a font that has them, "
        + "such as the packages fonts-nanum or fonts-noto-cjk of Debian and Ubuntu, and plot again.";

    private static void CheckSize(int pixels, string argument)
    {
        if (pixels is < Smallest or > Largest)
        {
            throw new ArgumentOutOfRangeException(argument, pixels, $"{argument} must be {Smallest} to {Largest} pixels.");
        }
    }

    private static byte[] Render(Multiplot figure, int width, int height, IReadOnlyList<EventMark> marks, PictureFont font)
    {
        int diagrams = height - LegendStrip.HeightOf(marks, width, font.Typeface);
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.White);
        figure.Render(surface.Canvas, new PixelRect(0, width, diagrams, 0));
        LegendStrip.Draw(surface.Canvas, marks, width, diagrams, font.Typeface);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
