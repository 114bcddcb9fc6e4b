using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Initializers;

/// <summary>Keras' names of the initializers, as strings in code and as class names in files.</summary>
internal static class InitializerRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Initializer>> Factories = new(StringComparer.Ordinal)
    {
        ["Zeros"] = _ => new Zeros(),
        ["Ones"] = _ => new Ones(),
        ["Constant"] = c => new Constant(c.Double("value", 0)),
        ["RandomUniform"] = c => new RandomUniform(c.Double("minval", -0.05), c.Double("maxval", 0.05), c.OptionalLong("seed")),
        ["RandomNormal"] = c => new RandomNormal(c.Double("mean", 0), c.Double("stddev", 0.05), c.OptionalLong("seed")),
        ["TruncatedNormal"] = c => new TruncatedNormal(c.Double("mean", 0), c.Double("stddev", 0.05), c.OptionalLong("seed")),
        ["VarianceScaling"] = c => new VarianceScaling(
            c.Double("scale", 1),
            c.Choice("mode", "fan_in", "fan_in", "fan_out", "fan_avg"),
            c.Choice("distribution", "truncated_normal", "truncated_normal", "untruncated_normal", "uniform", "normal") is var d and not "normal"
                ? d
                : "truncated_normal", // which is what early versions of Keras 2 called "normal"
            c.OptionalLong("seed")),
        ["GlorotUniform"] = c => new GlorotUniform(c.OptionalLong("seed")),
        ["GlorotNormal"] = c => new GlorotNormal(c.OptionalLong("seed")),
        ["HeUniform"] = c => new HeUniform(c.OptionalLong("seed")),
        ["HeNormal"] = c => new HeNormal(c.OptionalLong("seed")),
        ["LecunUniform"] = c => new LecunUniform(c.OptionalLong("seed")),
        ["LecunNormal"] = c => new LecunNormal(c.OptionalLong("seed")),
    };

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["zeros"] = "Zeros",
        ["ones"] = "Ones",
        ["constant"] = "Constant",
        ["random_uniform"] = "RandomUniform",
        ["uniform"] = "RandomUniform",
        ["random_normal"] = "RandomNormal",
        ["normal"] = "RandomNormal",
        ["truncated_normal"] = "TruncatedNormal",
        ["variance_scaling"] = "VarianceScaling",
        ["glorot_uniform"] = "GlorotUniform",
        ["glorot_normal"] = "GlorotNormal",
        ["he_uniform"] = "HeUniform",
        ["he_normal"] = "HeNormal",
        ["lecun_uniform"] = "LecunUniform",
        ["lecun_normal"] = "LecunNormal",
    };

    public static Initializer Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } factory
            ? factory(new ConfigReader([], name))
            : throw new ArgumentException($"Unknown initializer '{name}'. {NearestName.Hint(name, Names.Keys)}", nameof(name));
    }

    public static Initializer Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        if (CustomObjects.TryMake<Initializer>(node, className, config) is { } custom) return custom;
        return Find(className) is { } factory
            ? factory(config)
            : throw UnknownObject.Exception("initializer", className, node, place, Factories.Keys.Concat(CustomObjects.NamesOf<Initializer>()));
    }

    private static Func<ConfigReader, Initializer>? Find(string name) =>
        Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));
}
