using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Metrics;

/// <summary>The metrics of one output: <c>"accuracy"</c>, or several, <c>["accuracy", "mae"]</c>.</summary>
[CollectionBuilder(typeof(MetricGroup), nameof(Create))]
public sealed class MetricGroup : IReadOnlyList<Metric>
{
    private readonly Metric[] metrics;

    private MetricGroup(ReadOnlySpan<Metric> metrics, bool isOne) => (this.metrics, IsOne) = (metrics.ToArray(), isOne);

    /// <summary>Creates a group.</summary>
    /// <param name="metrics">The metrics.</param>
    public static MetricGroup Create(ReadOnlySpan<Metric> metrics) => new(metrics, isOne: false);

    /// <summary>The number of metrics.</summary>
    public int Count => metrics.Length;

    /// <summary>The metric at an index.</summary>
    /// <param name="index">The zero-based index.</param>
    public Metric this[int index] => metrics[index];

    /// <summary>Whether this is a single metric, not a list with one element.</summary>
    internal bool IsOne { get; }

    /// <summary>Converts a single metric.</summary>
    public static implicit operator MetricGroup(Metric metric) => new([metric], isOne: true);

    /// <summary>Converts the Keras name of a single metric.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    public static implicit operator MetricGroup(string name) => (Metric)name;

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator() => ((IEnumerable<Metric>)metrics).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
