using System.Globalization;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>One chart of a history as SVG: a value and its validation value over the epochs, counted from 1.</summary>
internal sealed class SvgPanel(StringBuilder svg, History history, string[] names, int left, int top)
{
    public const int Width = 430;
    public const int Height = 230;
    private const int MarginLeft = 58;
    private const int MarginRight = 14;
    private const int MarginTop = 28;
    private const int MarginBottom = 34;
    private const int MostPointsWithDots = 60;
    private static readonly string[] Colors = ["#1f5fa8", "#e07b1a"];
    private readonly bool logarithmic = HistoryPanels.IsLogarithmic(names);
    private SvgAxis x = null!;
    private SvgAxis y = null!;

    public void Draw(IReadOnlyList<(EventMark Mark, int[] Rows)> marks)
    {
        double[][] columns = [.. names.Select(name => history.Column(name).Select(Position).ToArray())];
        x = SvgAxis.Whole(history.Epochs[0] + 1, history.Epochs[^1] + 1, left + MarginLeft, left + Width - MarginRight);
        double[] values = [.. columns.SelectMany(column => column).Where(double.IsFinite)];
        y = logarithmic ? SvgAxis.Powers(values, top + Height - MarginBottom, top + MarginTop)
            : SvgAxis.Of(values, top + Height - MarginBottom, top + MarginTop);
        AddFrame();
        foreach ((EventMark? mark, int[]? rows) in marks.Where(one => !one.Mark.IsPoint))
        {
            foreach (int row in rows)
            {
                AddLine(mark, history.Epochs[row]);
            }
        }

        for (int index = 0; index < names.Length; index++)
        {
            AddSeries(columns[index], Colors[index]);
            svg.Append(Invariant($"<text x=\"{left + Width - MarginRight}\" y=\"{top + 17}\" text-anchor=\"end\" fill=\"{Colors[index]}\""))
                .Append(Invariant(
                $" dx=\"{(index == names.Length - 1 ? 0 : -6.5 * (names[^1].Length + 1))}\">{HistoryHtml.Escape(names[index])}</text>"));
        }

        foreach ((EventMark? mark, int[]? rows) in logarithmic ? [] : marks.Where(one => one.Mark.IsPoint))
        {
            foreach (int row in rows.Where(row => double.IsFinite(columns[^1][row])))
            {
                AddPoint(mark, row, columns[^1][row]);
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Label(double tick) =>
        tick.ToString(tick != 0 && Math.Abs(tick) is < 1e-3 or >= 1e6 ? "0.##e+0" : "0.#####", CultureInfo.InvariantCulture);

    // Beyond this limit the difference of two values may overflow.
    private double Position(double value) => !(Math.Abs(value) < 1e300) ? double.NaN : logarithmic ? Math.Log10(value) : value;

    private void AddFrame()
    {
        svg.Append(Invariant($"<text x=\"{left + MarginLeft}\" y=\"{top + 17}\" font-size=\"13\" ")
            + Invariant($"fill=\"#222222\">{HistoryHtml.Escape(HistoryPanels.Title(names))}</text>"));
        foreach (double tick in y.Ticks)
        {
            string text = Label(logarithmic ? Math.Pow(10, tick) : tick);
            svg.Append(Invariant($"<path d=\"M{left + MarginLeft} {y.At(tick):F1}H{left + Width - MarginRight}\" stroke=\"#e4e4e4\"/>"))
                .Append(Invariant($"<text x=\"{left + MarginLeft - 6}\" y=\"{y.At(tick) + 4:F1}\" text-anchor=\"end\" ")
                + Invariant($"fill=\"#444444\">{text}</text>"));
        }

        foreach (double tick in x.Ticks)
        {
            svg.Append(Invariant($"<text x=\"{x.At(tick):F1}\" y=\"{top + Height - MarginBottom + 15}\" text-anchor=\"middle\" ")
                + Invariant($"fill=\"#444444\">{tick:0}</text>"));
        }

        svg.Append(Invariant(
            $"<path d=\"M{left + MarginLeft} {top + MarginTop}V{top + Height - MarginBottom}H{left + Width - MarginRight}\" fill=\"none\" ")
                + Invariant($"stroke=\"#888888\"/>"))
            .Append(Invariant($"<text x=\"{left + ((Width + MarginLeft - MarginRight) / 2)}\" y=\"{top + Height - 5}\" ")
            + Invariant($"text-anchor=\"middle\" fill=\"#444444\">epoch</text>"));
    }

    private void AddSeries(double[] column, string color)
    {
        // Missing and non-finite values leave no gap: validation in every second epoch is still drawn as one line.
        int[] rows = [.. Enumerable.Range(0, column.Length).Where(row => double.IsFinite(column[row]))];
        svg.Append(Invariant($"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\""));
        svg.AppendJoin(' ', Corners(column, rows)
            .Select(corner => Invariant($"{x.At(history.Epochs[corner.X] + 1):F1},{y.At(column[corner.Y]):F1}"))).Append("\"/>");
        if (rows.Length <= MostPointsWithDots)
        {
            svg.Append(Invariant($"<g fill=\"{color}\">"));
            foreach (int row in rows)
            {
                svg.Append(Invariant($"<circle cx=\"{x.At(history.Epochs[row] + 1):F1}\" cy=\"{y.At(column[row]):F1}\" r=\"2.5\"/>"));
            }

            svg.Append("</g>");
        }
    }

    /// <summary>The points of a line, as rows of epochs and values. A rate is constant during an epoch, so it is drawn as steps.</summary>
    private IEnumerable<(int X, int Y)> Corners(double[] column, int[] rows)
    {
        for (int index = 0; index < rows.Length; index++)
        {
            if (logarithmic && index > 0 && column[rows[index]] != column[rows[index - 1]])
            {
                yield return (rows[index - 1], rows[index]);
            }

            yield return (rows[index], rows[index]);
        }
    }

    private void AddLine(EventMark mark, int epoch)
    {
        string dashes = mark.Shape switch { EventShape.DashedLine => "6 4", EventShape.DottedLine => "2 3", _ => "none" };
        svg.Append(Invariant($"<path d=\"M{x.At(epoch + 1):F1} {top + MarginTop}V{top + Height - MarginBottom}\" stroke=\"{mark.Color}\" ")
            + Invariant($"stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\">"))
            .Append(Tip(mark, epoch)).Append("</path>");
    }

    private void AddPoint(EventMark mark, int row, double value)
    {
        (double cx, double cy) = (x.At(history.Epochs[row] + 1), y.At(value));
        svg.Append(mark.Shape == EventShape.Circle
            ? Invariant($"<circle cx=\"{cx:F1}\" cy=\"{cy:F1}\" r=\"6\" fill=\"none\" pointer-events=\"all\" stroke=\"{mark.Color}\" ")
            + Invariant($"stroke-width=\"1.8\">")
            : Invariant($"<path d=\"M{cx:F1} {cy - 9:F1}l9 9l-9 9l-9 -9z\" fill=\"none\" pointer-events=\"all\" stroke=\"{mark.Color}\" ")
            + Invariant($"stroke-width=\"1.8\">"));
        svg.Append(Tip(mark, history.Epochs[row])).Append(mark.Shape == EventShape.Circle ? "</circle>" : "</path>");
    }

    private string Tip(EventMark mark, int epoch)
    {
        IEnumerable<string> messages = history.Events.Where(one => one.Kind == mark.Kind
            && (one.Epoch == epoch || mark.Shape == EventShape.Diamond)).Select(one => one.ToString());
        return $"<title>{HistoryHtml.Escape(string.Join('\n', messages))}</title>";
    }
}
