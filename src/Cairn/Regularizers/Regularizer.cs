using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>
/// A penalty on weights or outputs that is added to the loss. Converts implicitly from <c>"l1"</c>, <c>"l2"</c>, <c>"l1_l2"</c> or
/// <c>"orthogonal_regularizer"</c>.
/// </summary>
[SavedKind]
public abstract class Regularizer
{
    private static readonly string[] ClassNames = ["L1", "L2", "L1L2", "OrthogonalRegularizer"];

    private static readonly string[] Known = ["l1", "l2", "l1_l2", "orthogonal_regularizer"];

    /// <summary>Initializes the regularizer.</summary>
    protected Regularizer()
    {
    }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Creates a regularizer with Keras' default factor of 0.01 from its Keras name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Regularizer?(string? name) => name switch
    {
        null => null,
        "l1" => new L1(),
        "l2" => new L2(),
        "l1_l2" => new L1L2(0.01, 0.01),
        "orthogonal_regularizer" => new OrthogonalRegularizer(),
        _ => throw new ArgumentException($"Unknown regularizer '{name}'. {NearestName.Hint(name, Known)}", nameof(name)),
    };

    /// <summary>Computes the penalty of <paramref name="x"/>, a scalar.</summary>
    public abstract Tensor Penalty(Tensor x);

    /// <summary>
    /// The factors of a penalty <c>l1 · Σ|x| + l2 · Σx²</c>, whose value and gradient <see cref="PenaltyPass"/> computes in one pass.
    /// </summary>
    /// <returns>False for penalties of another form.</returns>
    internal virtual bool TryGetFactors(out float ofAbsolutes, out float ofSquares)
    {
        (ofAbsolutes, ofSquares) = (0, 0);
        return false;
    }

    internal static Regularizer? Deserialize(JsonNode? node, string place)
    {
        if (node is null)
        {
            return null;
        }

        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        // A class of another module is not one of these, whatever its name.
        string keras = KerasObject.IsOfKeras(node) ? className : "";
        bool isKeras = ClassNames.Contains(keras);
        if (CustomObjects.TryMake<Regularizer>(node, className, config, isKeras) is { } custom)
        {
            return custom;
        }

        return keras switch
        {
            "L1" or "l1" => new L1(config.Double("l1", 0.01)),
            "L2" or "l2" => new L2(config.Double("l2", 0.01)),
            "L1L2" or "l1_l2" => new L1L2(config.Double("l1", 0), config.Double("l2", 0)),
            "OrthogonalRegularizer" or "orthogonal_regularizer" => new OrthogonalRegularizer(
                config.Double("factor", 0.01), config.Choice("mode", "rows", "rows", "columns")),
            _ => throw UnknownObject.Exception("regularizer", className, node, place,
                ClassNames.Concat(CustomObjects.NamesOf<Regularizer>())),
        };
    }

    /// <summary>Returns the regularizer in Keras' serialized form, for the configuration of a custom class.</summary>
    public JsonObject Serialize() => KerasObject.Of(this, "keras.regularizers", ClassName, GetConfig());

    private protected static double Factor(double value, string argument) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, "A regularization factor must be a finite number.");

    /// <summary>
    /// Writes the settings of the regularizer to its configuration, under Keras' names. The factory registered in
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
