using Cairn.Callbacks;
using ScottPlot;
using ScottPlot.Plottables;

namespace Cairn.Plotting;

/// <summary>Marks for the callbacks' actions: lines where training changed, points where an epoch was kept.</summary>
internal static class EventMarks
{
    /// <summary>Adds the marks.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="history">The history with the events.</param>
    /// <param name="series">The name of the line that the points lie on; null if there is none.</param>
    /// <param name="withPoints">Whether to draw the points.</param>
    public static void Add(Plot plot, History history, string? series, bool withPoints)
    {
        foreach ((EventMark mark, int[] rows) in EventMark.In(history))
        {
            if (!mark.IsPoint)
            {
                AddLines(plot, mark, rows.Select(row => history.Epochs[row] + 1));
            }
            else if (withPoints && series is not null)
            {
                AddPoints(plot, mark, history, series, rows);
            }
        }
    }

    private static LinePattern PatternOf(EventMark mark) => mark.Shape switch
    {
        EventShape.DashedLine => LinePattern.Dashed,
        EventShape.DottedLine => LinePattern.Dotted,
        _ => LinePattern.Solid,
    };

    private static MarkerShape ShapeOf(EventMark mark) =>
        mark.Shape == EventShape.Circle ? MarkerShape.OpenCircle : MarkerShape.OpenDiamond;

    private static float SizeOf(EventMark mark) => mark.Shape == EventShape.Circle ? 13 : 20;

    private static void AddLines(Plot plot, EventMark mark, IEnumerable<int> epochs)
    {
        foreach (int epoch in epochs)
        {
            VerticalLine line = plot.Add.VerticalLine(epoch, 2, Color.FromHex(mark.Color), PatternOf(mark));
            line.EnableAutoscale = false;
        }
    }

    private static void AddPoints(Plot plot, EventMark mark, History history, string series, int[] rows)
    {
        IReadOnlyList<double> values = history.Column(series);
        Coordinates[] places =
            [.. rows.Select(row => new Coordinates(history.Epochs[row] + 1, values[row])).Where(place => double.IsFinite(place.Y))];
        if (places.Length == 0)
        {
            return;
        }

        Markers points = plot.Add.Markers(places, ShapeOf(mark), SizeOf(mark), Color.FromHex(mark.Color));
        points.MarkerLineWidth = 2.5f;
    }
}
