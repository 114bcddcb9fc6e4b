using System.Reflection;

namespace Cairn.Callbacks;

/// <summary>How a chart of a history marks one kind of event: with a vertical line, or with a point on the curve.</summary>
/// <param name="Kind">The kind of the events.</param>
/// <param name="Text">The text in the legend.</param>
/// <param name="Color">Red, green and blue as <c>#rrggbb</c>.</param>
/// <param name="Shape">The shape of the mark.</param>
internal sealed record EventMark(string Kind, string Text, string Color, EventShape Shape)
{
    private const int MostCustomKinds = 4;

    private static readonly EventMark[] Drawn =
    [
        new(EventKind.LearningRateReduced, "learning rate reduced", "#8a5fbf", EventShape.DashedLine),
        new(EventKind.LayersUnfrozen, "layers unfrozen", "#0f8b8d", EventShape.DashedLine),
        new(EventKind.AccumulationSet, "gradient accumulation changed", "#8d6e4f", EventShape.DottedLine),
        new(EventKind.TrainingStopped, "training stopped", "#c22f2f", EventShape.Line),
        new(EventKind.Interrupted, "interrupted", "#c22f2f", EventShape.DottedLine),
        new(EventKind.ModelSaved, "model saved", "#2b9348", EventShape.Circle),
        new(EventKind.WeightsRestored, "weights restored from here", "#c22f2f", EventShape.Diamond),
    ];

    // Kinds that are not drawn, because they occur in every epoch or do not explain the curves.
    private static readonly HashSet<string> Known =
        [.. typeof(EventKind).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    /// <summary>Whether the mark is a point on the curve instead of a line.</summary>
    public bool IsPoint => Shape is EventShape.Circle or EventShape.Diamond;

    /// <summary>The marks of a history, each with the rows of <see cref="History.Epochs"/> it belongs to; custom kinds come last.</summary>
    public static IEnumerable<(EventMark Mark, int[] Rows)> In(History history)
    {
        IEnumerable<EventMark> own = history.Events.Select(one => one.Kind).Where(kind => !Known.Contains(kind)).Distinct()
            .Take(MostCustomKinds)
            .Select(kind => new EventMark(kind, kind.Replace('_', ' '), "#707070", EventShape.DottedLine));
        foreach (EventMark? mark in Drawn.Concat(own))
        {
            int[] rows = [.. history.Events.Where(one => one.Kind == mark.Kind).Select(one => RowOf(history, one)).Where(row => row >= 0)
                .Distinct()];
            if (rows.Length > 0)
            {
                yield return (mark, rows);
            }
        }
    }

    /// <summary>The row of an event: its own epoch or, for restored weights, the epoch they come from.</summary>
    private static int RowOf(History history, TrainingEvent one)
    {
        int own = history.Epochs.ToList().IndexOf(one.Epoch);
        if (one.Kind == EventKind.WeightsRestored && one.NewValue is { } best)
        {
            foreach (string name in history.Keys)
            {
                int row = Array.IndexOf([.. history.Column(name)], best);
                if (row >= 0)
                {
                    return row;
                }
            }
        }

        // An interrupted epoch has no values; its mark is drawn at the last epoch that has.
        return own < 0 && history.Epochs.Count > 0 && one.Epoch > history.Epochs[^1] ? history.Epochs.Count - 1 : own;
    }
}
