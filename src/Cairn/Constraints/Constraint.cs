using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>
/// Constraint on a weight, applied after each step. Converts implicitly from <c>"max_norm"</c>, <c>"non_neg"</c>, <c>"unit_norm"</c> or
/// <c>"min_max_norm"</c>. Keras: <c>constraints.Constraint</c>.
/// </summary>
[SavedKind]
public abstract class Constraint
{
    private static readonly string[] ClassNames = ["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"];

    // Keras' epsilon(), which avoids division by a norm of zero.
    private protected const float Epsilon = 1e-7f;

    private static readonly string[] Known = ["max_norm", "non_neg", "unit_norm", "min_max_norm"];

    /// <summary>Initializes the constraint.</summary>
    protected Constraint()
    {
    }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Creates a constraint with default arguments from its Keras name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Constraint?(string? name) => name switch
    {
        null => null,
        "max_norm" => new MaxNorm(),
        "non_neg" => new NonNeg(),
        "unit_norm" => new UnitNorm(),
        "min_max_norm" => new MinMaxNorm(),
        _ => throw new ArgumentException($"Unknown constraint '{name}'. {NearestName.Hint(name, Known)}", nameof(name)),
    };

    /// <summary>Returns the constrained values of <paramref name="weight"/>, in its shape; the tensor itself is not changed.</summary>
    public abstract Tensor Apply(Tensor weight);

    internal static Constraint? Deserialize(JsonNode? node, string place)
    {
        if (node is null)
        {
            return null;
        }

        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        // A class of another module is not one of these, whatever its name.
        string keras = KerasObject.IsOfKeras(node) ? className : "";
        bool isKeras = ClassNames.Contains(keras);
        if (CustomObjects.TryMake<Constraint>(node, className, config, isKeras) is { } custom)
        {
            return custom;
        }

        return keras switch
        {
            "MaxNorm" or "max_norm" => new MaxNorm(config.Double("max_value", 2), config.Axes("axis", 0)),
            "NonNeg" or "non_neg" => new NonNeg(),
            "UnitNorm" or "unit_norm" => new UnitNorm(config.Axes("axis", 0)),
            "MinMaxNorm" or "min_max_norm" => new MinMaxNorm(
                config.Double("min_value", 0), config.Double("max_value", 1), config.Double("rate", 1), config.Axes("axis", 0)),
            _ => throw UnknownObject.Exception(
                "constraint", className, node, place, ClassNames.Concat(CustomObjects.NamesOf<Constraint>())),
        };
    }

    /// <summary>Returns the constraint in Keras' serialized form, for the configuration of a custom class.</summary>
    public JsonObject Serialize() => KerasObject.Of(this, "keras.constraints", ClassName, GetConfig());

    private protected static double NonNegative(double value, string argument) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be 0 or more.");

    /// <summary>√Σw² along the axes, which are kept with size 1.</summary>
    private protected Tensor Norms(Tensor weight, Axes axis)
    {
        long[] places = [.. axis.Resolve((int)weight.dim(), ClassName).Select(a => (long)a)];

        // For an empty list of axes, Keras leaves every element alone; libtorch would sum over all.
        return places.Length == 0 ? weight.abs() : weight.Squared().sum(places, keepdim: true).sqrt();
    }

    /// <summary>
    /// Writes the settings of the constraint to its configuration, under Keras' names. The factory registered in
    /// <see cref="CustomObjects"/> reads them back.
    /// </summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }

    private JsonObject GetConfig()
    {
        var config = new JsonObject();
        WriteConfig(config);
        return config;
    }
}
