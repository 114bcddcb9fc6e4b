using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Callbacks;

/// <summary>A list of numbers, some of which are missing; takes eight bytes per number while none is.</summary>
internal sealed class GappedColumn : IReadOnlyList<double?>
{
    // The rows of the values; null while no value is missing.
    private List<int>? rows;

    /// <param name="capacity">Initial capacity.</param>
    public GappedColumn(int capacity) => Values = new EpochValues(capacity);

    /// <summary>Creates a column of existing values, which it takes over.</summary>
    /// <param name="values">The values.</param>
    /// <param name="rows">The rows that they belong to, in ascending order; null if there is one in every row.</param>
    /// <param name="count">Number of rows.</param>
    public GappedColumn(EpochValues values, List<int>? rows, int count) => (Values, this.rows, Count) = (values, rows, count);

    /// <summary>Number of elements, including missing ones.</summary>
    public int Count { get; set; }

    /// <summary>The values that are not missing.</summary>
    public EpochValues Values { get; }

    /// <summary>The rows of <see cref="Values"/>, as a new list unless values are missing.</summary>
    public List<int> Rows => rows ?? [.. Enumerable.Range(0, Values.Count)];

    public double? this[int index]
    {
        get
        {
            int place = rows is null ? index : rows.BinarySearch(index);
            return place < 0 ? null : Values[place];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double? value)
    {
        if (value is { } number)
        {
            Values.Add(number);
            rows?.Add(Count);
        }
        else
        {
            rows ??= Rows;
        }

        Count++;
    }

    public IEnumerator<double?> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
