using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Layers;
using Cairn.Regularizers;

namespace Cairn.Saving;

/// <summary>
/// The configuration of a custom object in a file: what its class wrote in <c>WriteConfig</c>, or what Keras' <c>get_config</c> returned.
/// </summary>
/// <remarks>
/// Keys are Keras' (<c>units</c>, <c>use_bias</c>). The type of every value is checked; an error ends the load with an exception that names
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

    /// <summary>The name of the object, or null if the file has none.</summary>
    public string? Name => config.OptionalString("name");

    /// <summary>The place of the configuration in the file, such as <c>config.json/Sequential/layers[2]/Scale</c>.</summary>
    public string Place => config.Place;

    /// <summary>Whether the key is present and not null.</summary>
    public bool Has(string key) => config.Has(key);

    /// <summary>Reads a 32-bit integer.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent; without it the key is required.</param>
    /// <exception cref="ArgumentException">The value is missing, or not a 32-bit integer.</exception>
    public int Int(string key, int? fallback = null) => config.Int(key, fallback);

    /// <summary>Reads a 64-bit integer.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent; without it the key is required.</param>
    /// <exception cref="ArgumentException">The value is missing, or not a 64-bit integer.</exception>
    public long Long(string key, long? fallback = null) => config.Long(key, fallback);

    /// <summary>Reads a number.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent; without it the key is required.</param>
    /// <exception cref="ArgumentException">The value is missing, or not a number.</exception>
    public double Double(string key, double? fallback = null) => config.Double(key, fallback);

    /// <summary>Reads a number; null if the value is absent or null.</summary>
    /// <exception cref="ArgumentException">The value is not a number.</exception>
    public double? OptionalDouble(string key) => config.OptionalDouble(key);

    /// <summary>Reads a boolean.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent.</param>
    /// <exception cref="ArgumentException">The value is not a boolean.</exception>
    public bool Bool(string key, bool fallback = false) => config.Bool(key, fallback);

    /// <summary>Reads a string.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent; without it the key is required.</param>
    /// <exception cref="ArgumentException">The value is missing, or not a string.</exception>
    public string String(string key, string? fallback = null) => config.OptionalString(key) ?? fallback ?? config.String(key);

    /// <summary>Reads a string; null if the value is absent or null.</summary>
    /// <exception cref="ArgumentException">The value is not a string.</exception>
    public string? OptionalString(string key) => config.OptionalString(key);

    /// <summary>Reads a string that must be one of the given values.</summary>
    /// <param name="key">The Keras key.</param>
    /// <param name="fallback">The value if the key is absent.</param>
    /// <param name="allowed">The allowed values.</param>
    /// <exception cref="ArgumentException">The value is not one of them.</exception>
    public string Choice(string key, string fallback, params string[] allowed) => config.Choice(key, fallback, allowed);

    /// <summary>Reads a list of strings; empty if there is none.</summary>
    /// <exception cref="ArgumentException">The value is not a list of strings.</exception>
    public IReadOnlyList<string> Strings(string key) => config.Strings(key);

    /// <summary>Reads a list of numbers; empty if there is none.</summary>
    /// <exception cref="ArgumentException">The value is not a list of numbers.</exception>
    public IReadOnlyList<double> Doubles(string key) => config.OptionalDoubles(key) ?? [];

    /// <summary>Reads a shape, with <see cref="Cairn.Shape.None"/> for null; null if the key is absent.</summary>
    /// <exception cref="ArgumentException">The value is not a shape.</exception>
    public Shape? Shape(string key) => config.OptionalShape(key);

    /// <summary>Reads an activation function; linear if the key is absent.</summary>
    /// <exception cref="ArgumentException">The function is unknown.</exception>
    public ActivationFunction Activation() => LayerRegistry.Activation(config);

    /// <summary>Reads an initializer.</summary>
    /// <param name="key">The Keras key, such as <c>kernel_initializer</c>.</param>
    /// <param name="fallback">The initializer if the key is absent.</param>
    /// <exception cref="ArgumentException">The initializer is unknown.</exception>
    public Initializer Initializer(string key, string fallback = "glorot_uniform") => LayerRegistry.Initializer(config, key, fallback);

    /// <summary>Reads a regularizer, or null.</summary>
    /// <exception cref="ArgumentException">The regularizer is unknown.</exception>
    public Regularizer? Regularizer(string key) => LayerRegistry.Regularizer(config, key);

    /// <summary>Reads a constraint, or null.</summary>
    /// <exception cref="ArgumentException">The constraint is unknown.</exception>
    public Constraint? Constraint(string key) => LayerRegistry.Constraint(config, key);

    /// <summary>Reads a nested layer.</summary>
    /// <exception cref="ArgumentException">The layer is missing or unknown.</exception>
    public Layer Layer(string key) => LayerRegistry.Deserialize(config.Node(key), $"{config.Place}/{key}");

    /// <summary>A copy of any value as JSON; null if the key is absent or its value is null.</summary>
    public JsonNode? Json(string key) => config.Node(key)?.DeepClone();

    /// <summary>Creates an exception that names the key and its place, to throw for an invalid value.</summary>
    public ArgumentException Error(string key, string problem) => config.Error(key, problem);
}
