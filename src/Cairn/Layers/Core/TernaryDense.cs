using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Fully connected layer with a ternary kernel of -1, 0 and 1: the sign of each weight, or 0 if it is close to 0 (Li et al., 2016; Ma et
/// al., 2024). Keras: <c>layers.TernaryDense</c>.
/// </summary>
/// <remarks>
/// Input <c>[..., inputs]</c>, output <c>[..., units]</c>; kernel <c>[inputs, units]</c>, bias <c>[units]</c>. Gradients use a
/// straight-through estimator. Without a threshold, the threshold is half the mean absolute weight, and the product is scaled by that mean.
/// </remarks>
public sealed class TernaryDense : Layer
{
    private readonly double? threshold;
    private readonly ActivationFunction activation;
    private readonly Initializer kernelInitializer;
    private readonly Initializer biasInitializer;
    private readonly Regularizer? kernelRegularizer;
    private readonly Regularizer? biasRegularizer;
    private readonly Constraint? kernelConstraint;
    private readonly Constraint? biasConstraint;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates a fully connected layer.</summary>
    /// <param name="units">Size of the output, 1 or more.</param>
    /// <param name="threshold">Weights with an absolute value up to this become 0, 0 or more; null (default) for half the mean absolute
    /// weight.</param>
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>ternary_dense</c>, <c>ternary_dense_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1 or the threshold is below 0.</exception>
    public TernaryDense(
        int units,
        double? threshold = null,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        if (threshold is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(threshold));
        }

        Units = units;
        UseBias = useBias;
        this.threshold = threshold;
        this.activation = activation ?? ActivationFunction.Linear;
        this.kernelInitializer = kernelInitializer ?? Initializer.GlorotUniform;
        this.biasInitializer = biasInitializer ?? Initializer.Zeros;
        this.kernelRegularizer = kernelRegularizer;
        this.biasRegularizer = biasRegularizer;
        this.kernelConstraint = kernelConstraint;
        this.biasConstraint = biasConstraint;
        ActivityRegularizer = activityRegularizer;
    }

    /// <summary>Size of the output.</summary>
    public int Units { get; }

    /// <summary>Whether the layer has a bias.</summary>
    public bool UseBias { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => [.. inputShape[..^1], Units];

    internal static TernaryDense FromConfig(ConfigReader config) => new(
        config.Int("units"),
        config.OptionalDouble("threshold"),
        LayerRegistry.Activation(config),
        config.Bool("use_bias", true),
        LayerRegistry.Initializer(config, "kernel_initializer", "glorot_uniform"),
        LayerRegistry.Initializer(config, "bias_initializer", "zeros"),
        LayerRegistry.Regularizer(config, "kernel_regularizer"),
        LayerRegistry.Regularizer(config, "bias_regularizer"),
        LayerRegistry.Regularizer(config, "activity_regularizer"),
        LayerRegistry.Constraint(config, "kernel_constraint"),
        LayerRegistry.Constraint(config, "bias_constraint"),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank < 2 || inputShape[^1] == Shape.None)
        {
            throw UnfitInput(inputShape, "inputs of shape (batch, ..., features) with a known number of features");
        }

        kernel = AddWeight("kernel", [inputShape[^1], Units], kernelInitializer, regularizer: kernelRegularizer,
            constraint: kernelConstraint);
        if (UseBias)
        {
            bias = AddWeight("bias", [Units], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint);
        }
    }

    private protected override bool CanTakeAgain(Shape earlier, Shape now) => now.Rank >= 2 && AgreeInLastAxis(earlier, now);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor numbers = kernel!.Value;
        Tensor size = numbers.abs();
        Tensor counts = threshold is { } limit ? size.gt(Held(limit)) : size.gt(Held(0.5) * size.mean());
        Tensor ternary = numbers.Plus(((numbers.sign() * counts.to(numbers.dtype)) - numbers).detach());
        Tensor y = x.MatrixProduct(ternary);
        if (threshold is null)
        {
            y = y * size.mean();
        }

        return activation.Apply(bias is null ? y : y.Plus(bias.Value));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["units"] = Units;
        config["threshold"] = threshold;
        config["activation"] = activation.Serialize();
        config["use_bias"] = UseBias;
        config["kernel_initializer"] = kernelInitializer.Serialize();
        config["bias_initializer"] = biasInitializer.Serialize();
        config["kernel_regularizer"] = kernelRegularizer?.Serialize();
        config["bias_regularizer"] = biasRegularizer?.Serialize();
        config["activity_regularizer"] = ActivityRegularizer?.Serialize();
        config["kernel_constraint"] = kernelConstraint?.Serialize();
        config["bias_constraint"] = biasConstraint?.Serialize();
    }
}
