using Cairn.Callbacks;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>The legend of the event marks, in lines below the plots, so that it hides no curve.</summary>
internal static class LegendStrip
{
    private const float TextSize = 17;
    private const float LineHeight = 30;
    private const float Left = 100;
    private const float Sample = 34;
    private const float Between = 34;

    /// <summary>Height in pixels.</summary>
    public static int HeightOf(IReadOnlyList<EventMark> marks, int width, SKTypeface typeface)
    {
        using var font = new SKFont(typeface, TextSize);
        return marks.Count == 0 ? 0 : (int)((Places(marks, width, font).Max(place => place.Line) + 1) * LineHeight) + 10;
    }

    public static void Draw(SKCanvas canvas, IReadOnlyList<EventMark> marks, int width, int top, SKTypeface typeface)
    {
        using var font = new SKFont(typeface, TextSize);
        using var ink = new SKPaint { IsAntialias = true };
        foreach ((EventMark mark, float x, int line) in Places(marks, width, font))
        {
            float y = top + (line * LineHeight) + (LineHeight / 2);
            DrawSample(canvas, mark, x, y);
            canvas.DrawText(mark.Text, x + Sample, y + (TextSize * 0.35f), font, ink);
        }
    }

    private static IEnumerable<(EventMark Mark, float X, int Line)> Places(IReadOnlyList<EventMark> marks, int width, SKFont font)
    {
        (float x, int line) = (Left, 0);
        foreach (EventMark mark in marks)
        {
            float room = Sample + font.MeasureText(mark.Text);
            if (x > Left && x + room > width)
            {
                (x, line) = (Left, line + 1);
            }

            yield return (mark, x, line);
            x += room + Between;
        }
    }

    private static void DrawSample(SKCanvas canvas, EventMark mark, float x, float y)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = SKColor.Parse(mark.Color), IsStroke = true, StrokeWidth = 2.5f };
        float middle = x + 12;
        switch (mark.Shape)
        {
            case EventShape.Circle:
                canvas.DrawCircle(middle, y, 7, paint);
                return;
            case EventShape.Diamond:
                using (var diamond = new SKPath())
                {
                    diamond.AddPoly([new(middle, y - 10), new(middle + 10, y), new(middle, y + 10), new(middle - 10, y)]);
                    canvas.DrawPath(diamond, paint);
                }

                return;
            case EventShape.DashedLine:
                paint.PathEffect = SKPathEffect.CreateDash([8, 5], 0);
                break;
            case EventShape.DottedLine:
                paint.PathEffect = SKPathEffect.CreateDash([2.5f, 4], 0);
                break;
        }

        canvas.DrawLine(middle, y - 12, middle, y + 12, paint);
    }
}
