using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>
/// Above which predictions count as positive: one number of 0 to 1 or several, written <c>0.3</c> or <c>[0.2, 0.5, 0.8]</c>. With several, a
/// metric has one result for each.
/// </summary>
[CollectionBuilder(typeof(Thresholds), nameof(Create))]
public sealed class Thresholds : IReadOnlyList<double>
{
    private readonly double[] values;
    private readonly bool isList;

    private Thresholds(double[] values, bool isList)
    {
        if (values.Length == 0)
        {
            throw new ArgumentException("There must be at least one threshold.", nameof(values));
        }

        foreach (double value in values)
        {
            if (value is not (>= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(values), value, "A threshold is a number of 0 to 1.");
            }
        }

        this.values = values;
        this.isList = isList;
    }

    /// <summary>The number of thresholds.</summary>
    public int Count => values.Length;

    /// <summary>One of them.</summary>
    public double this[int index] => values[index];

    /// <summary>Makes a list of thresholds.</summary>
    /// <exception cref="ArgumentException">There is none, or one is not in 0 to 1.</exception>
    public static Thresholds Create(ReadOnlySpan<double> values) => new(values.ToArray(), isList: true);

    /// <summary>Makes thresholds of a single one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 0 to 1.</exception>
    public static implicit operator Thresholds(double value) => new([value], isList: false);

    /// <summary>Makes thresholds of an array.</summary>
    /// <exception cref="ArgumentException">There is none, or one is not in 0 to 1.</exception>
    public static implicit operator Thresholds(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Create(values);
    }

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal JsonNode ToJson() => isList ? new JsonArray([.. values.Select(value => (JsonNode)value)]) : JsonValue.Create(values[0]);
}
