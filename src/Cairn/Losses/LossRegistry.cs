using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Losses;

/// <summary>Keras' names of the losses, as strings in code and as class names in files.</summary>
internal static class LossRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Loss>> Factories = new(StringComparer.Ordinal)
    {
        ["MeanSquaredError"] = c => new MeanSquaredError(Reduction(c), c.OptionalString("name") ?? "mean_squared_error"),
        ["MeanAbsoluteError"] = c => new MeanAbsoluteError(Reduction(c), c.OptionalString("name") ?? "mean_absolute_error"),
        ["BinaryCrossentropy"] = c => new BinaryCrossentropy(
            c.Bool("from_logits", false), c.Double("label_smoothing", 0), c.Int("axis", -1), Reduction(c), c.OptionalString("name") ?? "binary_crossentropy"),
        ["CategoricalCrossentropy"] = c => new CategoricalCrossentropy(
            c.Bool("from_logits", false), c.Double("label_smoothing", 0), c.Int("axis", -1), Reduction(c), c.OptionalString("name") ?? "categorical_crossentropy"),
        ["SparseCategoricalCrossentropy"] = c => new SparseCategoricalCrossentropy(
            c.Bool("from_logits", false),
            (int?)c.OptionalLong("ignore_class"),
            c.Int("axis", -1),
            Reduction(c),
            c.OptionalString("name") ?? "sparse_categorical_crossentropy"),
    };

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["mean_squared_error"] = "MeanSquaredError",
        ["mse"] = "MeanSquaredError",
        ["MSE"] = "MeanSquaredError",
        ["mean_absolute_error"] = "MeanAbsoluteError",
        ["mae"] = "MeanAbsoluteError",
        ["MAE"] = "MeanAbsoluteError",
        ["binary_crossentropy"] = "BinaryCrossentropy",
        ["bce"] = "BinaryCrossentropy",
        ["BCE"] = "BinaryCrossentropy",
        ["categorical_crossentropy"] = "CategoricalCrossentropy",
        ["sparse_categorical_crossentropy"] = "SparseCategoricalCrossentropy",
    };

    public static Loss Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } factory
            ? factory(new ConfigReader([], name))
            : throw new ArgumentException($"Unknown loss '{name}'. {NearestName.Hint(name, Names.Keys)}", nameof(name));
    }

    public static Loss Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        if (Find(className) is not { } factory)
        {
            throw new ConfigException(place, $"unknown loss '{className}'. {NearestName.Hint(className, Names.Keys.Concat(Factories.Keys))}");
        }

        try
        {
            return factory(config);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    private static Func<ConfigReader, Loss>? Find(string name) => Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));

    // Keras 2 wrote "auto" for the mean.
    private static string Reduction(ConfigReader config) =>
        config.OptionalString("reduction") is { } given and not "auto" ? given : "sum_over_batch_size";
}
