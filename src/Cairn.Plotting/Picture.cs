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
    public static void Write(string path, int width, int height, Func<Multiplot> draw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"A picture's file must be named '….png'; it was '{path}'.", nameof(path));
        CheckSize(width, nameof(width));
        CheckSize(height, nameof(height));
        EmbeddedFont.Register();
        byte[] png = Render(draw(), width, height);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static void CheckSize(int pixels, string argument)
    {
        if (pixels is < Smallest or > Largest) throw new ArgumentOutOfRangeException(argument, pixels, $"{argument} must be {Smallest} to {Largest} pixels.");
    }

    private static byte[] Render(Multiplot figure, int width, int height)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height));
        figure.Render(surface.Canvas, new PixelRect(0, width, height, 0));
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
