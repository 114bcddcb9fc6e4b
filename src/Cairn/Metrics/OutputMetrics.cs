using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Metrics;

/// <summary>
/// The metrics of a model, <c>["accuracy", "mae"]</c>, or those of its outputs: one entry for each in their order,
/// <c>["accuracy", ["mae", "mse"]]</c>, or by name, <c>new() { ["sold"] = "accuracy", ["price"] = ["mae", "mse"] }</c>.
/// </summary>
[CollectionBuilder(typeof(OutputMetrics), nameof(Create))]
public sealed class OutputMetrics : PerOutput<MetricGroup>
{
    /// <summary>Starts with none, for an initializer that names the outputs.</summary>
    public OutputMetrics()
        : base([])
    {
    }

    private OutputMetrics(ReadOnlySpan<MetricGroup> groups)
        : base(groups)
    {
    }

    /// <summary>The metrics of a model with one output, or an entry for each of several outputs in their order.</summary>
    /// <param name="groups">The entries.</param>
    public static OutputMetrics Create(ReadOnlySpan<MetricGroup> groups) => new(groups);

    /// <summary>The metrics of a model with one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator OutputMetrics?(Metric[]? metrics) =>
    metrics is null ? null : new([.. metrics.Select(m => (MetricGroup)m)]);

    /// <summary>The metrics of a model with one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator OutputMetrics?(List<Metric>? metrics) => metrics?.ToArray();

    /// <summary>The metrics of a model with one output, by Keras' names of them.</summary>
    /// <exception cref="ArgumentException">A name is unknown; the message names the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(names))]
    public static implicit operator OutputMetrics?(string[]? names) => names is null ? null : new([.. names.Select(n => (MetricGroup)n)]);
}
