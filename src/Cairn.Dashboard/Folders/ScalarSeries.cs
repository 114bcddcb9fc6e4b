using Cairn.Callbacks;

namespace Cairn.Dashboard.Folders;

/// <summary>The values of a tag by step; a step that occurs again replaces its value, as in a run that was resumed.</summary>
internal sealed class ScalarSeries
{
    private List<int> steps = [];
    private List<double> values = [];
    private bool ascends = true;

    /// <summary>The steps, each once, in ascending order.</summary>
    public IReadOnlyList<int> Steps
    {
        get
        {
            if (!ascends)
            {
                Sort();
            }

            return steps;
        }
    }

    /// <summary>Adds a value. Steps usually ascend.</summary>
    public void Add(int step, double value)
    {
        ascends &= steps.Count == 0 || step > steps[^1];
        steps.Add(step);
        values.Add(value);
    }

    /// <summary>The values at some steps, which contain all of this series in ascending order.</summary>
    public IReadOnlyList<double?> At(IReadOnlyList<int> all)
    {
        IReadOnlyList<int> own = Steps;
        var column = new GappedColumn(all.Count);
        int next = 0;
        foreach (int step in all)
        {
            column.Add(next < own.Count && own[next] == step ? values[next++] : null);
        }

        return column;
    }

    private void Sort()
    {
        // Stable, so that the last value of a step is the last one written.
        int[] order = [.. Enumerable.Range(0, steps.Count).OrderBy(index => steps[index])];
        int[] kept = [.. order.Where((index, place) => place + 1 == order.Length || steps[order[place + 1]] != steps[index])];
        (steps, values, ascends) = ([.. kept.Select(index => steps[index])], [.. kept.Select(index => values[index])], true);
    }
}
