using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>
/// Thresholds above which predictions are positive: one number from 0 to 1 or several, <c>0.3</c> or <c>[0.2, 0.5, 0.8]</c>. With several,
/// a metric has one result for each.
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
            throw new ArgumentException("At least one threshold is required.", nameof(values));
        }

        foreach (double value in values)
        {
            if (value is not (>= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(values), value, "A threshold must be in [0, 1].");
            }
        }

        this.values = values;
        this.isList = isList;
    }

    /// <summary>The number of thresholds.</summary>
    public int Count => values.Length;

    /// <summary>The threshold at an index.</summary>
    public double this[int index] => values[index];

    /// <summary>Creates a list of thresholds.</summary>
    /// <exception cref="ArgumentException">There is no threshold, or one is not in [0, 1].</exception>
    public static Thresholds Create(ReadOnlySpan<double> values) => new(values.ToArray(), isList: true);

    /// <summary>Converts a single threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in [0, 1].</exception>
    public static implicit operator Thresholds(double value) => new([value], isList: false);

    /// <summary>Converts an array of thresholds.</summary>
    /// <exception cref="ArgumentException">There is no threshold, or one is not in [0, 1].</exception>
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
