using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>
/// Constraint on a weight, applied after each step. <c>"max_norm"</c>, <c>"non_neg"</c>, <c>"unit_norm"</c> or <c>"min_max_norm"</c>
/// becomes one by itself. Keras: <c>constraints.Constraint</c>.
/// </summary>
[SavedKind]
public abstract class Constraint
{
    private static readonly string[] ClassNames = ["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"];

    // Keras' epsilon(), which keeps a norm of zero from dividing.
    private protected const float Epsilon = 1e-7f;

    private static readonly string[] Known = ["max_norm", "non_neg", "unit_norm", "min_max_norm"];

    /// <summary>Starts a constraint.</summary>
    protected Constraint()
    {
    }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Makes a constraint, with Keras' defaults, from Keras' name of it.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Constraint(string name) => name switch
    {
        "max_norm" => new MaxNorm(),
        "non_neg" => new NonNeg(),
        "unit_norm" => new UnitNorm(),
        "min_max_norm" => new MinMaxNorm(),
        _ => throw new ArgumentException($"Unknown constraint '{name}'. {NearestName.Hint(name, Known)}", nameof(name)),
    };

    /// <summary>The numbers that <paramref name="weight"/> becomes, in its shape; the tensor itself is not changed.</summary>
    public abstract Tensor Apply(Tensor weight);

    internal static Constraint? Deserialize(JsonNode? node, string place)
    {
        if (node is null)
        {
            return null;
        }

        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        // A class of another module is none of these, whatever its name is.
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

    /// <summary>The constraint as Keras' files hold it, for the configuration of a class of your own.</summary>
    public JsonObject Serialize() => KerasObject.Of(this, "keras.constraints", ClassName, GetConfig());

    private protected static double NonNegative(double value, string argument) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be 0 or more.");

    /// <summary>√Σw² along the axes, which stay with size 1.</summary>
    private protected Tensor Norms(Tensor weight, Axes axis)
    {
        long[] places = [.. axis.Resolve((int)weight.dim(), ClassName).Select(a => (long)a)];

        // Keras sums over a list without axes by leaving every element alone; libtorch would sum over all.
        return places.Length == 0 ? weight.abs() : weight.square().sum(places, keepdim: true).sqrt();
    }

    /// <summary>Adds the constraint's own settings to its configuration, under Keras' names; they come back in the factory of <see cref="CustomObjects"/>.</summary>
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
