using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cairn;

/// <summary>
/// One axis or several, as in Keras' <c>axis</c> arguments: <c>-1</c> or <c>[1, 2]</c>. Negative axes count from the end.
/// </summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public sealed class Axes : IReadOnlyList<int>
{
    private readonly int[] axes;
    private readonly bool isList;

    private Axes(int[] axes, bool isList)
    {
        this.axes = axes;
        this.isList = isList;
    }

    /// <summary>The number of axes.</summary>
    public int Count => axes.Length;

    /// <summary>The axis at an index of the list.</summary>
    public int this[int index] => axes[index];

    /// <summary>Converts a single axis.</summary>
    public static implicit operator Axes(int axis) => new([axis], isList: false);

    /// <summary>Converts a list of axes.</summary>
    public static Axes Create(ReadOnlySpan<int> axes) => new(axes.ToArray(), isList: true);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)axes).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => axes.GetEnumerator();

    /// <summary>Formats the axes as they were given.</summary>
    public override string ToString() => isList ? $"[{string.Join(", ", axes)}]" : $"{axes[0]}";

    /// <summary>Returns a number or a list, as it was given.</summary>
    internal JsonNode ToJson() => isList ? new JsonArray([.. axes.Select(a => (JsonNode?)JsonValue.Create(a))]) : JsonValue.Create(axes[0]);

    /// <summary>The axes counted from the start, in ascending order.</summary>
    /// <exception cref="ArgumentException">An axis does not exist or is given twice.</exception>
    internal int[] Resolve(int rank, string owner)
    {
        int[] places = [.. axes.Select(a => a < 0 ? a + rank : a).Order()];
        if (places.Any(p => p < 0 || p >= rank))
        {
            throw new ArgumentException($"{owner} has axis {this}; the axes of an input with {rank} axes are {-rank} to {rank - 1}.");
        }

        return places.Distinct().Count() == places.Length ? places : throw new ArgumentException($"{owner} has a repeated axis: {this}.");
    }
}
