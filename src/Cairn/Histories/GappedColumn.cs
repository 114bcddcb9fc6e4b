using System.Collections;

namespace Cairn.Callbacks;

/// <summary>Numbers some of which are missing, in nine bytes each.</summary>
/// <param name="capacity">How many to make room for.</param>
internal sealed class GappedColumn(int capacity) : IReadOnlyList<double?>
{
    private readonly List<double> values = new(capacity);
    private readonly List<bool> there = new(capacity);

    /// <summary>How many there are, or would be.</summary>
    public int Count { get; set; }

    public double? this[int index] => there[index] ? values[index] : null;

    public void Add(double? value)
    {
        values.Add(value ?? 0);
        there.Add(value is not null);
        Count++;
    }

    public IEnumerator<double?> GetEnumerator() => Enumerable.Range(0, values.Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
