using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Metrics;

/// <summary>Keras' names of the metrics, as strings in code and as class names in files.</summary>
internal static class MetricRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Metric>> Factories = new(StringComparer.Ordinal)
    {
        ["MeanSquaredError"] = _ => new MeanSquaredError(),
        ["MeanAbsoluteError"] = _ => new MeanAbsoluteError(),
        ["BinaryAccuracy"] = c => new BinaryAccuracy(threshold: c.Double("threshold", 0.5)),
        ["CategoricalAccuracy"] = _ => new CategoricalAccuracy(),
        ["SparseCategoricalAccuracy"] = _ => new SparseCategoricalAccuracy(),
    };

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["mean_squared_error"] = "MeanSquaredError",
        ["mse"] = "MeanSquaredError",
        ["MSE"] = "MeanSquaredError",
        ["mean_absolute_error"] = "MeanAbsoluteError",
        ["mae"] = "MeanAbsoluteError",
        ["MAE"] = "MeanAbsoluteError",
        ["binary_accuracy"] = "BinaryAccuracy",
        ["categorical_accuracy"] = "CategoricalAccuracy",
        ["sparse_categorical_accuracy"] = "SparseCategoricalAccuracy",
    };

    private static IEnumerable<string> Known => new[] { "accuracy", "acc" }.Concat(Names.Keys);

    public static Metric Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.ToLowerInvariant() is "accuracy" or "acc") return new AccuracyByShape(name);
        return Find(name) is { } factory
            ? factory(new ConfigReader([], name)).Named(name)
            : throw new ArgumentException($"Unknown metric '{name}'. {NearestName.Hint(name, Known)}", nameof(name));
    }

    public static Metric Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        if (className.ToLowerInvariant() is "accuracy" or "acc" && node is JsonValue) return new AccuracyByShape(className);
        if (Find(className) is not { } factory)
        {
            throw new ConfigException(place, $"unknown metric '{className}'. {NearestName.Hint(className, Known.Concat(Factories.Keys))}");
        }

        Metric metric = factory(config);
        if (node is JsonValue) return metric.Named(className);
        return config.OptionalString("name") is { Length: > 0 } name ? metric.Named(name) : metric;
    }

    private static Func<ConfigReader, Metric>? Find(string name) => Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));
}
