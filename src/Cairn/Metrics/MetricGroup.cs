using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Metrics;

/// <summary>The metrics of one output: <c>"accuracy"</c>, or several, <c>["accuracy", "mae"]</c>.</summary>
[CollectionBuilder(typeof(MetricGroup), nameof(Create))]
public sealed class MetricGroup : IReadOnlyList<Metric>
{
    private readonly Metric[] metrics;

    private MetricGroup(ReadOnlySpan<Metric> metrics, bool isOne) => (this.metrics, IsOne) = (metrics.ToArray(), isOne);

    /// <summary>Makes a group.</summary>
    /// <param name="metrics">The metrics.</param>
    public static MetricGroup Create(ReadOnlySpan<Metric> metrics) => new(metrics, isOne: false);

    /// <summary>How many metrics there are.</summary>
    public int Count => metrics.Length;

    /// <summary>The metric at a place.</summary>
    /// <param name="index">From 0.</param>
    public Metric this[int index] => metrics[index];

    /// <summary>Whether this is a metric alone, not a list of one.</summary>
    internal bool IsOne { get; }

    /// <summary>A metric alone.</summary>
    public static implicit operator MetricGroup(Metric metric) => new([metric], isOne: true);

    /// <summary>A metric alone, by Keras' name of it.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator MetricGroup(string name) => (Metric)name;

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator() => ((IEnumerable<Metric>)metrics).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
