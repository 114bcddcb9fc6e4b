using System.Globalization;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>The legend below the charts of a history, which explains the event marks.</summary>
internal static class SvgLegend
{
    private const int Left = 58;
    private const int LineHeight = 20;
    private const double CharacterWidth = 6.3;
    private const double Sign = 30;

    /// <summary>The height of the legend.</summary>
    public static int HeightOf(IEnumerable<EventMark> marks, int width) =>
        Places(marks, width).Select(place => place.Line).DefaultIfEmpty(-1).Max() is >= 0 and var last ? ((last + 1) * LineHeight) + 6 : 0;

    public static void Add(StringBuilder svg, IEnumerable<EventMark> marks, int top, int width)
    {
        foreach ((EventMark? mark, double x, int line) in Places(marks, width))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F0}\" y=\"{top + 14 + (line * LineHeight)}\" fill=\"{mark.Color}\">")
                .Append(CultureInfo.InvariantCulture, $"{SignOf(mark)} {HistoryHtml.Escape(mark.Text)}</text>");
        }
    }

    private static IEnumerable<(EventMark Mark, double X, int Line)> Places(IEnumerable<EventMark> marks, int width)
    {
        (double x, int line) = ((double)Left, 0);
        foreach (EventMark mark in marks)
        {
            double room = Sign + (CharacterWidth * mark.Text.Length);
            if (x > Left && x + room > width)
            {
                (x, line) = (Left, line + 1);
            }

            yield return (mark, x, line);
            x += room;
        }
    }

    private static string SignOf(EventMark mark) => mark.Shape switch
    {
        EventShape.Circle => "○",
        EventShape.Diamond => "◇",
        EventShape.Line => "│",
        EventShape.DashedLine => "┆",
        _ => "┊",
    };
}
