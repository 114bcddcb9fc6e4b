using Cairn.Callbacks;
using Cairn.Saving;
using ScottPlot;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>Diagrams become a PNG file, whole or not at all.</summary>
internal static class Picture
{
    public const int Smallest = 300;
    public const int Largest = 8000;

    /// <exception cref="ArgumentException">The path does not end in <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    public static void Write(string path, int width, int height, Func<Multiplot> draw, IReadOnlyList<EventMark>? marks = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"A picture's file must be named '….png'; it was '{path}'.", nameof(path));
        CheckSize(width, nameof(width));
        CheckSize(height, nameof(height));
        EmbeddedFont.Register();
        byte[] png = Render(draw(), width, height, marks ?? []);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static void CheckSize(int pixels, string argument)
    {
        if (pixels is < Smallest or > Largest) throw new ArgumentOutOfRangeException(argument, pixels, $"{argument} must be {Smallest} to {Largest} pixels.");
    }

    private static byte[] Render(Multiplot figure, int width, int height, IReadOnlyList<EventMark> marks)
    {
        int diagrams = height - LegendStrip.HeightOf(marks, width);
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.White);
        figure.Render(surface.Canvas, new PixelRect(0, width, diagrams, 0));
        LegendStrip.Draw(surface.Canvas, marks, width, diagrams);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
