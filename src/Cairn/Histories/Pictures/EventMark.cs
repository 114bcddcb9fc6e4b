using System.Reflection;

namespace Cairn.Callbacks;

/// <summary>How a picture of a history shows one kind of event: a line through an epoch, or a point on the curve.</summary>
/// <param name="Kind">The kind of the events.</param>
/// <param name="Text">What the legend calls them.</param>
/// <param name="Color">Red, green and blue as <c>#rrggbb</c>.</param>
/// <param name="Shape">What is drawn.</param>
internal sealed record EventMark(string Kind, string Text, string Color, EventShape Shape)
{
    private const int MostKindsOfOnesOwn = 4;

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

    // Kinds that are not drawn: what happens in every epoch, or says nothing about the curves.
    private static readonly HashSet<string> Known =
        [.. typeof(EventKind).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    /// <summary>Whether it is a point on the curve instead of a line.</summary>
    public bool IsPoint => Shape is EventShape.Circle or EventShape.Diamond;

    /// <summary>The marks of a history, each with the rows of <see cref="History.Epochs"/> it belongs to; those of callbacks of one's own last.</summary>
    public static IEnumerable<(EventMark Mark, int[] Rows)> In(History history)
    {
        IEnumerable<EventMark> own = history.Events.Select(one => one.Kind).Where(kind => !Known.Contains(kind)).Distinct()
            .Take(MostKindsOfOnesOwn)
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

    /// <summary>Which of the epochs an event is about: its own, and for restored weights the one they are from.</summary>
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

        // An epoch that was interrupted has no values; its mark stands at the last one that has.
        return own < 0 && history.Epochs.Count > 0 && one.Epoch > history.Epochs[^1] ? history.Epochs.Count - 1 : own;
    }
}
