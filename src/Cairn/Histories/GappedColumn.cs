using System.Collections;

namespace Cairn.Callbacks;

/// <summary>A list of numbers, some of which are missing; takes nine bytes per number.</summary>
/// <param name="capacity">Initial capacity.</param>
internal sealed class GappedColumn(int capacity) : IReadOnlyList<double?>
{
    private readonly List<double> values = new(capacity);
    private readonly List<bool> there = new(capacity);

    /// <summary>Number of elements, including missing ones.</summary>
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
