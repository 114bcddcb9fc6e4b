using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;

namespace Cairn;

// The loss, the compiled metrics, and the metrics that a subclass holds.
public abstract partial class Model
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> MetricFields = new();

    /// <summary>
    /// The loss of the epoch (named <c>loss</c>), the compiled metrics, and those that a subclassed model, or one of its layers, holds in
    /// its fields. All of them are reset at the start of each epoch and each evaluation. Override it to list others, as in Keras.
    /// </summary>
    /// <remarks>Fields are found by reflection, also in trimmed programs.</remarks>
    public virtual IReadOnlyList<Metric> Metrics => [.. MetricSet?.All ?? [], .. TrackedMetrics()];

    /// <summary>Resets the state of the loss and all metrics. Keras: <c>reset_metrics</c>.</summary>
    public void ResetMetrics()
    {
        foreach (Metric metric in MetricsWithState)
        {
            metric.ResetState();
        }
    }

    /// <summary>All metrics with state, including those that an override of <see cref="Metrics"/> leaves out.</summary>
    internal IReadOnlyList<Metric> MetricsWithState => [.. (metrics?.All ?? []).Concat(Metrics).Distinct()];

    /// <summary>The results of all metrics by name.</summary>
    internal IEnumerable<KeyValuePair<string, double>> MetricResults() =>
        Metrics.Select(metric => KeyValuePair.Create(metrics?.NameOf(metric) ?? metric.Name, metric.Result())).DistinctBy(pair => pair.Key);

    /// <summary>The names of all results.</summary>
    internal IReadOnlyList<string> LoggedNames => [.. Metrics.Select(metric => metrics?.NameOf(metric) ?? metric.Name).Distinct()];

    /// <summary>
    /// Whether lower or higher is better for a logged value, by its name in the logs or, as in Keras, by the metric's name; null if
    /// unknown.
    /// </summary>
    internal MetricDirection? DirectionOf(string name)
    {
        MetricDirection? found = name == "loss" || metrics?.IsLossOfOutput(name) == true ? MetricDirection.Down : null;
        foreach (Metric metric in Metrics)
        {
            found = metric.Name == name || metrics?.NameOf(metric) == name ? metric.Direction ?? found : found;
        }

        return found;
    }

    /// <summary>The results, or what a custom step logged instead, as in Keras; also where it logs a loss that no metric has.</summary>
    internal IEnumerable<KeyValuePair<string, double>> MetricResultsOr(Logs? own)
    {
        KeyValuePair<string, double>[] results = [.. MetricResults()];
        return own is null || (own.Count == results.Length && results.All(r => own.ContainsKey(r.Key))
            && !(own.ContainsKey("loss") && metrics is { LacksLoss: true })) ? results : own;
    }

    private List<Metric> TrackedMetrics()
    {
        var found = new List<Metric>();
        HashSet<Metric> seen = [.. metrics?.All ?? []];
        foreach (Layer layer in SelfAndParts(this))
        {
            foreach (FieldInfo field in FieldsOf(layer))
            {
                IEnumerable<Metric?> held = field.GetValue(layer) switch
                {
                    Metric one => [one],
                    IEnumerable<Metric?> several => several,
                    _ => [],
                };
                found.AddRange(held.OfType<Metric>().Where(seen.Add));
            }
        }

        return found;
    }

    private static IEnumerable<Layer> SelfAndParts(Layer layer) =>
        (layer is Model model ? model.Layers : []).Concat(layer.Sublayers.Select(s => s.Layer)).SelectMany(SelfAndParts).Prepend(layer);

    [UnconditionalSuppressMessage("Trimming", "IL2070",
        Justification = "The annotation on Layer preserves the fields of every derived class.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075",
        Justification = "The annotation on Layer preserves the fields of every derived class.")]
    private static FieldInfo[] FieldsOf(Layer layer) => layer.GetType().Assembly == typeof(Model).Assembly
        ? []
        : MetricFields.GetOrAdd(layer.GetType(), static type =>
        {
            const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            var fields = new List<FieldInfo>();
            for (Type? one = type; one is not null && one.Assembly != typeof(Model).Assembly; one = one.BaseType)
            {
                fields.InsertRange(0, one.GetFields(Declared).Where(f => typeof(Metric).IsAssignableFrom(f.FieldType)
                    || typeof(IEnumerable<Metric?>).IsAssignableFrom(f.FieldType)));
            }

            return [.. fields];
        });
}
