using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Callbacks;

namespace Cairn.Dashboard.Folders;

/// <summary>The values of a tag by step; a step that occurs again replaces its value, as in a run that was resumed.</summary>
internal sealed class ScalarSeries
{
    private List<int> steps = [];
    private EpochValues values = [];
    private bool ascends = true;

    /// <summary>The steps, each once, in ascending order.</summary>
    public ReadOnlySpan<int> Steps
    {
        get
        {
            if (!ascends)
            {
                Sort();
            }

            return CollectionsMarshal.AsSpan(steps);
        }
    }

    /// <summary>Adds a value. Steps usually ascend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int step, double value)
    {
        ascends &= steps.Count == 0 || step > steps[^1];
        steps.Add(step);
        values.Add(value);
    }

    /// <summary>The values at some steps, which contain all of this series in ascending order. Nothing may be added afterwards.</summary>
    public GappedColumn At(ReadOnlySpan<int> all)
    {
        ReadOnlySpan<int> own = Steps;
        if (own.Length == all.Length)
        {
            return new GappedColumn(values, rows: null, own.Length);
        }

        var rows = new List<int>(own.Length);
        int row = 0;
        foreach (int step in own)
        {
            while (all[row] != step)
            {
                row++;
            }

            rows.Add(row);
        }

        return new GappedColumn(values, rows, all.Length);
    }

    private void Sort()
    {
        // Stable, so that the last value of a step is the last one written.
        int[] order = [.. Enumerable.Range(0, steps.Count).OrderBy(index => steps[index])];
        int[] kept = [.. order.Where((index, place) => place + 1 == order.Length || steps[order[place + 1]] != steps[index])];
        (steps, values, ascends) = ([.. kept.Select(index => steps[index])], new EpochValues(kept.Select(index => values[index])), true);
    }
}
