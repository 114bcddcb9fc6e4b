using Cairn.Callbacks;
using ScottPlot;
using ScottPlot.Plottables;

namespace Cairn.Cli.Histories;

/// <summary>What the callbacks did, drawn into a diagram: lines where training changed, points where an epoch was kept.</summary>
internal static class EventMarks
{
    private static readonly (string Kind, string Text, Color Color, LinePattern Pattern)[] Lines =
    [
        (EventKind.LearningRateReduced, "learning rate reduced", Color.FromHex("#8a5fbf"), LinePattern.Dashed),
        (EventKind.TrainingStopped, "training stopped", Color.FromHex("#c22f2f"), LinePattern.Solid),
        (EventKind.Interrupted, "interrupted", Color.FromHex("#c22f2f"), LinePattern.Dotted),
    ];

    private static readonly (string Kind, string Text, Color Color, MarkerShape Shape, float Size)[] Points =
    [
        (EventKind.ModelSaved, "model saved", Color.FromHex("#2b9348"), MarkerShape.OpenCircle, 13),
        (EventKind.WeightsRestored, "weights restored from here", Color.FromHex("#c22f2f"), MarkerShape.OpenDiamond, 20),
    ];

    /// <summary>Adds the marks.</summary>
    /// <param name="plot">The diagram.</param>
    /// <param name="history">What happened.</param>
    /// <param name="series">The name of the line that the points lie on.</param>
    /// <param name="withPoints">Whether points are drawn at all.</param>
    /// <param name="inLegend">Whether the legend explains them.</param>
    public static void Add(Plot plot, HistoryTable history, string series, bool withPoints, bool inLegend)
    {
        foreach (var (kind, text, color, pattern) in Lines)
        {
            // Several callbacks may act in one epoch; one line shows it.
            int[] epochs = [.. history.Events.Where(one => one.Kind == kind).Select(one => one.Epoch).Distinct()];
            for (int index = 0; index < epochs.Length; index++)
            {
                VerticalLine line = plot.Add.VerticalLine(epochs[index] + 1, 2, color, pattern);
                line.LegendText = index == 0 && inLegend ? text : "";
                line.EnableAutoscale = false;
            }
        }

        if (!withPoints) return;
        foreach (var (kind, text, color, shape, size) in Points)
        {
            Coordinates[] places =
            [
                .. history.Events.Where(one => one.Kind == kind).Select(one => IndexOf(history, one)).Where(index => index >= 0).Distinct()
                    .Select(index => new Coordinates(history.Epochs[index] + 1, history.Value(series, index)))
                    .Where(place => double.IsFinite(place.Y)),
            ];
            if (places.Length == 0) continue;
            Markers points = plot.Add.Markers(places, shape, size, color);
            points.LegendText = inLegend ? text : "";
            points.MarkerLineWidth = 2.5f;
        }
    }

    /// <summary>Which of the history's epochs an event is about: its own, and for restored weights the one they are from.</summary>
    private static int IndexOf(HistoryTable history, TrainingEvent one)
    {
        if (one.Kind == EventKind.WeightsRestored && one.NewValue is { } best)
        {
            foreach (double[] column in history.Values.Values)
            {
                int found = Array.IndexOf(column, best);
                if (found >= 0) return found;
            }
        }

        return history.Epochs.ToList().IndexOf(one.Epoch);
    }
}
