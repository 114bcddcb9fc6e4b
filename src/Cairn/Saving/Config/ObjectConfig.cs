using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Layers;
using Cairn.Regularizers;

namespace Cairn.Saving;

/// <summary>The configuration of an object of your own, as a file holds it: what its class wrote in <c>WriteConfig</c>, or Keras' <c>get_config</c> returned.</summary>
/// <remarks>
/// Keys are Keras' (<c>units</c>, <c>use_bias</c>). Every value is checked for its type; a mistake ends the load with an exception that names
/// the file, the place and what was expected.
/// </remarks>
public sealed class ObjectConfig
{
    private readonly ConfigReader config;

    internal ObjectConfig(string className, ConfigReader config)
    {
        ClassName = className;
        this.config = config;
    }

    /// <summary>The class name in the file.</summary>
    public string ClassName { get; }

    /// <summary>The object's own name, or null where the file has none.</summary>
    public string? Name => config.OptionalString("name");

    /// <summary>Where the configuration stands in the file, such as <c>config.json/Sequential/layers[2]/Scale</c>.</summary>
    public string Place => config.Place;

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => config.Has(key);

    /// <summary>A whole number.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing; without it the number has to be there.</param>
    /// <exception cref="ArgumentException">It is missing, or not a whole number of 32 bits.</exception>
    public int Int(string key, int? fallback = null) => config.Int(key, fallback);

    /// <summary>A whole number of 64 bits.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing; without it the number has to be there.</param>
    /// <exception cref="ArgumentException">It is missing, or not a whole number.</exception>
    public long Long(string key, long? fallback = null) => config.Long(key, fallback);

    /// <summary>A number.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing; without it the number has to be there.</param>
    /// <exception cref="ArgumentException">It is missing, or no number.</exception>
    public double Double(string key, double? fallback = null) => config.Double(key, fallback);

    /// <summary>A number, or null where the file says nothing or null.</summary>
    /// <exception cref="ArgumentException">It is no number.</exception>
    public double? OptionalDouble(string key) => config.OptionalDouble(key);

    /// <summary>True or false.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public bool Bool(string key, bool fallback = false) => config.Bool(key, fallback);

    /// <summary>A text.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing; without it the text has to be there.</param>
    /// <exception cref="ArgumentException">It is missing, or no text.</exception>
    public string String(string key, string? fallback = null) => config.OptionalString(key) ?? fallback ?? config.String(key);

    /// <summary>A text, or null where the file says nothing or null.</summary>
    /// <exception cref="ArgumentException">It is no text.</exception>
    public string? OptionalString(string key) => config.OptionalString(key);

    /// <summary>One of some words.</summary>
    /// <param name="key">Keras' name of the setting.</param>
    /// <param name="fallback">What counts where the file says nothing.</param>
    /// <param name="allowed">The words it may be.</param>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public string Choice(string key, string fallback, params string[] allowed) => config.Choice(key, fallback, allowed);

    /// <summary>A list of texts; empty where there is none.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public IReadOnlyList<string> Strings(string key) => config.Strings(key);

    /// <summary>A list of numbers; empty where there is none.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public IReadOnlyList<double> Doubles(string key) => config.OptionalDoubles(key) ?? [];

    /// <summary>A shape, with <see cref="Cairn.Shape.None"/> for null; null where the file says nothing.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public Shape? Shape(string key) => config.OptionalShape(key);

    /// <summary>An activation function; linear where the file says nothing.</summary>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    public ActivationFunction Activation() => LayerRegistry.Activation(config);

    /// <summary>An initializer.</summary>
    /// <param name="key">Keras' name of the setting, such as <c>kernel_initializer</c>.</param>
    /// <param name="fallback">What counts where the file says nothing.</param>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    public Initializer Initializer(string key, string fallback = "glorot_uniform") => LayerRegistry.Initializer(config, key, fallback);

    /// <summary>A regularizer, or null.</summary>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    public Regularizer? Regularizer(string key) => LayerRegistry.Regularizer(config, key);

    /// <summary>A constraint, or null.</summary>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    public Constraint? Constraint(string key) => LayerRegistry.Constraint(config, key);

    /// <summary>A layer within this one's configuration.</summary>
    /// <exception cref="ArgumentException">It is missing or unknown.</exception>
    public Layer Layer(string key) => LayerRegistry.Deserialize(config.Node(key), $"{config.Place}/{key}");

    /// <summary>Any value as JSON, a copy; null where the file says nothing or null.</summary>
    public JsonNode? Json(string key) => config.Node(key)?.DeepClone();

    /// <summary>An exception that names the setting and its place; to be thrown where a value can't be what it is.</summary>
    public ArgumentException Error(string key, string problem) => config.Error(key, problem);
}
