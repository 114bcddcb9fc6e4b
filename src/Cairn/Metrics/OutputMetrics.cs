using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Metrics;

/// <summary>
/// The metrics of a model, <c>["accuracy", "mae"]</c>, or the metrics of its outputs: one entry per output in order,
/// <c>["accuracy", ["mae", "mse"]]</c>, or by name, <c>new() { ["sold"] = "accuracy", ["price"] = ["mae", "mse"] }</c>.
/// </summary>
[CollectionBuilder(typeof(OutputMetrics), nameof(Create))]
public sealed class OutputMetrics : PerOutput<MetricGroup>
{
    /// <summary>Creates an empty collection, for a collection initializer with output names.</summary>
    public OutputMetrics()
        : base([])
    {
    }

    private OutputMetrics(ReadOnlySpan<MetricGroup> groups)
        : base(groups)
    {
    }

    /// <summary>Creates the metrics of a model with one output, or one entry for each of several outputs, in order.</summary>
    /// <param name="groups">The entries.</param>
    public static OutputMetrics Create(ReadOnlySpan<MetricGroup> groups) => new(groups);

    /// <summary>Converts the metrics of a model with one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator OutputMetrics?(Metric[]? metrics) =>
    metrics is null ? null : new([.. metrics.Select(m => (MetricGroup)m)]);

    /// <summary>Converts the metrics of a model with one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator OutputMetrics?(List<Metric>? metrics) => metrics?.ToArray();

    /// <summary>Converts the Keras names of the metrics of a model with one output.</summary>
    /// <exception cref="ArgumentException">A name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(names))]
    public static implicit operator OutputMetrics?(string[]? names) => names is null ? null : new([.. names.Select(n => (MetricGroup)n)]);
}
