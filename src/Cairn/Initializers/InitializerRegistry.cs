using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Initializers;

/// <summary>The initializers by Keras name: strings in code, and class names in files.</summary>
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
        ["Orthogonal"] = c => new Orthogonal(c.Double("gain", 1), c.OptionalLong("seed")),
        ["VarianceScaling"] = c => new VarianceScaling(
            c.Double("scale", 1),
            c.Choice("mode", "fan_in", "fan_in", "fan_out", "fan_avg"),
            c.Choice("distribution", "truncated_normal", "truncated_normal", "untruncated_normal", "uniform", "normal") is var d
                and not "normal"
                ? d
                : "truncated_normal", // which is what early versions of Keras 2 called "normal"
            c.OptionalLong("seed"),
            FanAxes(c, "input_axes"),
            FanAxes(c, "output_axes")),
        ["Identity"] = c => new IdentityInitializer(c.Double("gain", 1)),
        ["STFT"] = c => new STFT(
            c.Choice("side", "real", "real", "imag"),
            c.HasKey("window") ? c.OptionalString("window") : "hann",
            c.HasKey("scaling") ? c.OptionalString("scaling") : "density",
            c.Bool("periodic", false)),
        ["GlorotUniform"] = c => new GlorotUniform(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
        ["GlorotNormal"] = c => new GlorotNormal(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
        ["HeUniform"] = c => new HeUniform(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
        ["HeNormal"] = c => new HeNormal(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
        ["LecunUniform"] = c => new LecunUniform(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
        ["LecunNormal"] = c => new LecunNormal(c.OptionalLong("seed"), FanAxes(c, "input_axes"), FanAxes(c, "output_axes")),
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
        ["orthogonal"] = "Orthogonal",
        ["OrthogonalInitializer"] = "Orthogonal",
        ["variance_scaling"] = "VarianceScaling",
        ["glorot_uniform"] = "GlorotUniform",
        ["glorot_normal"] = "GlorotNormal",
        ["he_uniform"] = "HeUniform",
        ["he_normal"] = "HeNormal",
        ["lecun_uniform"] = "LecunUniform",
        ["lecun_normal"] = "LecunNormal",
        ["identity"] = "Identity",
        ["IdentityInitializer"] = "Identity",
        ["stft"] = "STFT",
        ["STFTInitializer"] = "STFT",
        ["one"] = "Ones",
        ["zero"] = "Zeros",
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
        Func<ConfigReader, Initializer>? factory = KerasObject.IsOfKeras(node) ? Find(className) : null;
        if (CustomObjects.TryMake<Initializer>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            return custom;
        }

        return factory is not null
            ? factory(config)
            : throw UnknownObject.Exception("initializer", className, node, place,
            Factories.Keys.Concat(CustomObjects.NamesOf<Initializer>()));
    }

    private static Axes? FanAxes(ConfigReader config, string key) => config.OptionalInts(key) is { } axes ? Axes.Create(axes) : null;

    private static Func<ConfigReader, Initializer>? Find(string name) =>
        Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));
}
