using static Cairn.Dashboard.Runs.RunSummary;

namespace Cairn.Dashboard.Runs;

/// <summary>The last and best values of a run, summarized epoch by epoch.</summary>
internal sealed class RunValues
{
    private readonly OrderedDictionary<string, ValueSummary> values = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, ValueSummary>? summarized;
    private IReadOnlySet<string>? upwards;
    private int epochs;

    /// <summary>Forgets all epochs: the run starts over.</summary>
    public void Clear()
    {
        values.Clear();
        (summarized, epochs) = (null, 0);
    }

    /// <summary>The summary of all epochs.</summary>
    /// <param name="rows">The epochs: those of the last call, and new ones.</param>
    /// <param name="description">Says for which values higher is better.</param>
    public IReadOnlyDictionary<string, ValueSummary> Of(IReadOnlyList<EpochRow> rows, RunDescription description)
    {
        if (!ReferenceEquals(upwards, description.HigherIsBetter))
        {
            Clear();
            upwards = description.HigherIsBetter;
        }

        if (summarized is not null && epochs == rows.Count)
        {
            return summarized;
        }

        for (; epochs < rows.Count; epochs++)
        {
            Add(rows[epochs], description);
        }

        return summarized = new OrderedDictionary<string, ValueSummary>(values, StringComparer.Ordinal);
    }

    private void Add(EpochRow row, RunDescription description)
    {
        foreach ((string name, double value) in row.Values)
        {
            values.TryGetValue(name, out ValueSummary? before);
            bool better = !double.IsNaN(value)
                && (before?.Best is not { } best || (IsHigherBetter(name, description) ? value > best : value < best));
            values[name] = better ? new ValueSummary(value, value, row.Epoch)
                : new ValueSummary(value, before?.Best, before?.BestEpoch ?? row.Epoch);
        }
    }
}
