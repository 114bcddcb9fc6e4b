using Cairn.Callbacks;
using ScottPlot;
using ScottPlot.Plottables;

namespace Cairn.Plotting;

/// <summary>What the callbacks did, drawn into a diagram: lines where training changed, points where an epoch was kept.</summary>
internal static class EventMarks
{
    /// <summary>Adds the marks.</summary>
    /// <param name="plot">The diagram.</param>
    /// <param name="history">What happened.</param>
    /// <param name="series">The name of the line that the points lie on; null where there is none.</param>
    /// <param name="withPoints">Whether points are drawn at all.</param>
    /// <param name="inLegend">Whether the legend explains them.</param>
    public static void Add(Plot plot, History history, string? series, bool withPoints, bool inLegend)
    {
        foreach ((EventMark mark, int[] rows) in EventMark.In(history))
        {
            if (!mark.IsPoint) AddLines(plot, mark, [.. rows.Select(row => history.Epochs[row] + 1)], inLegend);
            else if (withPoints && series is not null) AddPoints(plot, mark, history, series, rows, inLegend);
        }
    }

    private static void AddLines(Plot plot, EventMark mark, int[] epochs, bool inLegend)
    {
        LinePattern pattern = mark.Shape switch { EventShape.DashedLine => LinePattern.Dashed, EventShape.DottedLine => LinePattern.Dotted, _ => LinePattern.Solid };
        for (int index = 0; index < epochs.Length; index++)
        {
            VerticalLine line = plot.Add.VerticalLine(epochs[index], 2, Color.FromHex(mark.Color), pattern);
            line.LegendText = index == 0 && inLegend ? mark.Text : "";
            line.EnableAutoscale = false;
        }
    }

    private static void AddPoints(Plot plot, EventMark mark, History history, string series, int[] rows, bool inLegend)
    {
        IReadOnlyList<double> values = history.Column(series);
        Coordinates[] places = [.. rows.Select(row => new Coordinates(history.Epochs[row] + 1, values[row])).Where(place => double.IsFinite(place.Y))];
        if (places.Length == 0) return;
        (MarkerShape shape, float size) = mark.Shape == EventShape.Circle ? (MarkerShape.OpenCircle, 13f) : (MarkerShape.OpenDiamond, 20f);
        Markers points = plot.Add.Markers(places, shape, size, Color.FromHex(mark.Color));
        points.LegendText = inLegend ? mark.Text : "";
        points.MarkerLineWidth = 2.5f;
    }
}
