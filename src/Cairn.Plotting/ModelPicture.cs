using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Drawing;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>Renders drawings of models as PNG, for <c>Utils.PlotModel</c>.</summary>
internal static class ModelPicture
{
    private const float UnitsPerInch = 96;
    private const float MostPixels = 64e6f;
    private const float LongestSide = 30_000;
    private const float FontSize = 12;
    private const float Baseline = 15;
    private const float ArrowLength = 8;
    private const float TextMargin = 8;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It sets a delegate of the library and runs no user code.")]
    internal static void Register() => PngDrawing.Renderer = Render;

    /// <summary>The PNG file. A very large picture gets fewer dots per inch, so that it fits into memory.</summary>
    public static byte[] Render(DrawnLayout layout, int dpi)
    {
        (float width, float height) = ((float)layout.Width, (float)layout.Height);
        float most = Math.Min(MathF.Sqrt(MostPixels / (width * height)), LongestSide / Math.Max(width, height));
        float scale = Math.Min(dpi / UnitsPerInch, most);
        using var surface = SKSurface.Create(new SKImageInfo((int)MathF.Ceiling(width * scale), (int)MathF.Ceiling(height * scale)));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        canvas.Scale(scale);
        (PictureFont font, _) = PictureFont.For([.. layout.Boxes.SelectMany(box => box.Layer.Lines.Prepend(box.Layer.Title))]);
        using var letters = new SKFont(font.Typeface, FontSize);
        foreach (DrawnBox frame in layout.Boxes.Where(box => box.IsFrame))
        {
            Draw(canvas, frame, frame.Height, new SKColor(0xF2, 0xF4, 0xF6), new SKColor(0x6A, 0x73, 0x7C));
            Write(canvas, letters, frame, line: 0, frame.Layer.Title, SKColors.Black);
        }

        foreach (DrawnArrow arrow in layout.Arrows)
        {
            Draw(canvas, arrow);
        }

        foreach (DrawnBox box in layout.Boxes.Where(box => !box.IsFrame))
        {
            Draw(canvas, box, box.Height, SKColors.White, SKColors.Black);
            Draw(canvas, box, DrawnLayout.LineHeight, SKColors.Black, SKColors.Black);
            Write(canvas, letters, box, line: 0, box.Layer.Title, SKColors.White);
            for (int i = 0; i < box.Layer.Lines.Count; i++)
            {
                string line = box.Layer.Lines[i];
                Write(canvas, letters, box, i + 1, line, SKColor.Parse(DrawnLayer.ColorOf(line)));
            }
        }

        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static void Draw(SKCanvas canvas, DrawnBox box, double height, SKColor fill, SKColor line)
    {
        var rectangle = SKRect.Create((float)box.Left, (float)box.Top, (float)box.Width, (float)height);
        using var paint = new SKPaint { Color = fill, IsAntialias = true };
        canvas.DrawRect(rectangle, paint);
        (paint.Style, paint.Color, paint.StrokeWidth) = (SKPaintStyle.Stroke, line, 1);
        canvas.DrawRect(rectangle, paint);
    }

    private static void Draw(SKCanvas canvas, DrawnArrow arrow)
    {
        using var path = new SKPath();
        path.MoveTo(Point(arrow.Start));
        foreach (DrawnArrow.Part part in arrow.Parts)
        {
            path.CubicTo(Point(part.First), Point(part.Second), Point(part.End));
            if (part.LineTo is { } line)
            {
                path.LineTo(Point(line));
            }
        }

        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
        canvas.DrawPath(path, paint);

        // The curve ends in the direction of its last control point: straight down, or straight to the right.
        DrawnArrow.Part last = arrow.Parts[^1];
        SKPoint tip = Point(last.End);
        SKPoint back = Point(last.Second) - tip;
        float length = Math.Max(back.Length, 1e-3f);
        (float x, float y) = (back.X / length * ArrowLength, back.Y / length * ArrowLength);
        using var head = new SKPath();
        head.MoveTo(tip);
        head.LineTo(tip.X + x - (y / 2), tip.Y + y + (x / 2));
        head.LineTo(tip.X + x + (y / 2), tip.Y + y - (x / 2));
        head.Close();
        paint.Style = SKPaintStyle.Fill;
        canvas.DrawPath(head, paint);
    }

    private static void Write(SKCanvas canvas, SKFont font, DrawnBox box, int line, string text, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        string shown = DrawnLayer.Printable(text);

        // The box was made for another font: a wider text is drawn smaller.
        font.Size = FontSize;
        font.Size = Math.Min(FontSize, FontSize * ((float)box.Width - TextMargin) / Math.Max(1, font.MeasureText(shown)));
        float middle = (float)(box.Left + (box.Width / 2));
        canvas.DrawText(shown, middle, (float)box.Top + (line * DrawnLayout.LineHeight) + Baseline, SKTextAlign.Center, font, paint);
    }

    private static SKPoint Point((double X, double Y) at) => new((float)at.X, (float)at.Y);
}
