using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// The types of a layer's computations and of its weights. Converts implicitly from its name. Keras: <c>DTypePolicy</c>.
/// </summary>
/// <remarks>
/// With <c>"mixed_bfloat16"</c> and <c>"mixed_float16"</c>, a layer casts its inputs and trainable weights to 16 bits and computes with
/// them, while the weights themselves stay in 32 bits. Normalization and recurrent layers use the rounded numbers, but compute in 32 bits.
/// The output of a model, and so losses and metrics, are float32. With <c>"mixed_float16"</c> small gradients become 0 unless the loss is
/// scaled: <see cref="Model.Compile(Optimizers.Optimizer?, Losses.OutputLosses?, Metrics.OutputMetrics?, Metrics.OutputMetrics?,
/// Losses.LossWeights?, int, Device?)"/> then wraps the optimizer in a <see cref="Optimizers.LossScaleOptimizer"/>, as Keras does.
/// </remarks>
public sealed class DTypePolicy
{
    private static readonly string[] Names = ["float32", "mixed_bfloat16", "mixed_float16"];

    private static DTypePolicy global = new("float32");
    private static volatile bool isMixedUsed;

    /// <summary>Creates a policy.</summary>
    /// <param name="name"><c>"float32"</c>, <c>"mixed_bfloat16"</c> or <c>"mixed_float16"</c>.</param>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public DTypePolicy(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.Contains(name))
        {
            throw new ArgumentException($"Unknown dtype policy '{name}'; allowed are {string.Join(", ", Names)}. "
                + NearestName.Hint(name, Names), nameof(name));
        }

        Name = name;
        ComputeType = name switch
        {
            "mixed_bfloat16" => ScalarType.BFloat16,
            "mixed_float16" => ScalarType.Float16,
            _ => ScalarType.Float32,
        };
        isMixedUsed |= IsMixed;
    }

    /// <summary>
    /// The policy of layers that are created from now on, in the whole process; <c>"float32"</c> by default. Keras:
    /// <c>keras.config.set_dtype_policy</c>.
    /// </summary>
    public static DTypePolicy Global
    {
        get => global;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            global = value;
        }
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Type of the computations: <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</summary>
    public string ComputeDType => ComputeType switch
    {
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        _ => "float32",
    };

    /// <summary>Type of the weights, which is always <c>float32</c>.</summary>
    public string VariableDType => "float32";

    /// <summary>Whether the process has created a policy other than float32. Otherwise layers need no look at types.</summary>
    internal static bool IsMixedUsed => isMixedUsed;

    internal ScalarType ComputeType { get; }

    internal bool IsMixed => ComputeType != ScalarType.Float32;

    /// <summary>Whether a file may contain the policy.</summary>
    internal static bool IsKnown(string name) => Names.Contains(name);

    /// <summary>Creates the policy of this name.</summary>
    /// <param name="name"><c>"float32"</c>, <c>"mixed_bfloat16"</c> or <c>"mixed_float16"</c>.</param>
    public static implicit operator DTypePolicy(string name) => new(name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
