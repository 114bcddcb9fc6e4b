using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Fully connected layer: <c>y = activation(x · kernel + bias)</c>. Keras: <c>layers.Dense</c>.</summary>
/// <remarks>Input <c>[..., inputs]</c>, output <c>[..., units]</c>; kernel <c>[inputs, units]</c>, bias <c>[units]</c>.</remarks>
public sealed class Dense : Layer
{
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
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="useBias">Whether to add a bias; true by default.</param>
    /// <param name="kernelInitializer">Initializer of the kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>dense</c>, <c>dense_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1.</exception>
    public Dense(
        int units,
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
        if (units < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(units), units, "units must be 1 or more.");
        }

        Units = units;
        UseBias = useBias;
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

    /// <summary>The rank of the layer's LoRA, or null.</summary>
    public int? LoraRank => LoraSettings?.Rank;

    /// <summary>The scale of the layer's LoRA, or null: the product of its factors is multiplied by <c>alpha / rank</c>.</summary>
    public double? LoraAlpha => LoraSettings?.Alpha;

    /// <summary>
    /// Adds a low-rank adaptation (LoRA): instead of the kernel, two small matrices are trained, whose product is added to the kernel.
    /// Keras: <c>enable_lora</c>.
    /// </summary>
    /// <remarks>
    /// Call it before <c>Compile</c>. Unlike Keras, it can also be called before the layer is built. Saving as <c>.keras</c> or
    /// <c>.weights.h5</c> merges the product into the kernel, as Keras does; after loading, the adaptation starts again at zero. A layer
    /// that Keras quantized keeps its quantized kernel; saving quantizes it again with the product.
    /// </remarks>
    /// <param name="rank">The number of columns of the first and rows of the second matrix, 1 or more.</param>
    /// <param name="loraAlpha">The product is multiplied by <c>loraAlpha / rank</c>; the rank by default.</param>
    /// <param name="aInitializer">Initializer of the first matrix; <c>he_uniform</c> by default.</param>
    /// <param name="bInitializer">
    /// Initializer of the second matrix; <c>zeros</c> by default, so that the output does not change at first.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The layer has LoRA already, or a constraint on the kernel.</exception>
    public void EnableLora(
        int rank, double? loraAlpha = null, Initializer? aInitializer = null, Initializer? bInitializer = null) =>
        AddLora(kernel ?? Quantized?.Values, new LoraSettings(rank, loraAlpha, aInitializer, bInitializer));

    /// <summary>
    /// Rounds the kernel, the inputs and, in training, the gradient of their product to 8-bit floating-point numbers, with scales that
    /// follow the largest magnitudes of recent steps. Keras: <c>quantize("float8")</c>.
    /// </summary>
    /// <remarks>
    /// The numbers are those of training in 8 bits; the computation itself is in 32 or 16 bits, as in Keras. The kernel stays in 32 bits.
    /// The scales are weights of the layer, which optimizers set. Call it before <c>Compile</c>.
    /// </remarks>
    /// <param name="mode"><c>"float8"</c>.</param>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    /// <exception cref="NotSupportedException">Layers are quantized in this mode in Keras only.</exception>
    /// <exception cref="InvalidOperationException">The layer is quantized already, or has LoRA.</exception>
    public void Quantize(string mode) => QuantizeTo(mode);

    private protected override bool CanBeFloat8 => true;

    internal override PlannedFunction? Planned => kernel is null ? null : new PlannedProduct(kernel, bias, activation);

    internal static Dense FromConfig(ConfigReader config)
    {
        var layer = new Dense(
            config.Int("units"),
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
        layer.TakeQuantization(config);
        layer.TakeLora(config);
        return layer;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank < 2 || inputShape[^1] == Shape.None)
        {
            throw UnfitInput(inputShape, "inputs of shape (batch, ..., features) with a known number of features");
        }

        AddFloat8(isLast: false);
        if (IsPacked)
        {
            AddPacked([inputShape[^1], Units], inputShape[^1], "kernel_zero");
        }
        else if (IsQuantized)
        {
            AddQuantized("kernel", [inputShape[^1], Units], new QuantizedLayout(inputShape[^1], Units, 0, [0]), [Units],
                kernelRegularizer, kernelConstraint);
        }
        else
        {
            kernel = AddWeight("kernel", [inputShape[^1], Units], kernelInitializer, regularizer: kernelRegularizer,
                constraint: kernelConstraint);
        }

        if (UseBias)
        {
            bias = AddWeight("bias", [Units], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint);
        }

        AddFloat8(isLast: true);
        AddWantedLora(kernel ?? Quantized?.Values);
    }

    private protected override bool CanTakeAgain(Shape earlier, Shape now) => now.Rank >= 2 && AgreeInLastAxis(earlier, now);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (Quantized is not null)
        {
            Tensor product = Multiply(x, Quantized);
            product = Lora is null ? product : product.add(x.MatrixProduct(Lora.A.Value).MatrixProduct(Lora.B.Value), Held(Lora.Scale));
            return activation.Overwrite(bias is null ? product : product.add(bias.Value, Held(1)));
        }

        if (Float8 is not null)
        {
            Tensor product = Float8.Product(x, kernel!.Value, context.Training, (a, b) => a.MatrixProduct(b));
            return activation.Apply(bias is null ? product : Float8Weights.AddBias(product, bias.Value));
        }

        Tensor weights = Packed?.Dequantized() ?? Lora?.Merged() ?? kernel!.Value;
        if (DensePass.Fits(x, weights, bias?.Value))
        {
            bool isRelu = activation.Is("relu");
            Tensor product = DensePass.Run(x, weights, bias?.Value, isRelu);
            return isRelu ? product : activation.Overwrite(product);
        }

        if (bias is null || x.NumberOfElements == 0)
        {
            Tensor product = x.MatrixProduct(weights);
            return activation.Overwrite(bias is null ? product : product.add(bias.Value, Held(1)));
        }

        Tensor sum = x.ProductPlus(weights, bias.Value);
        if (x.dim() == 2)
        {
            return activation.Overwrite(sum);
        }

        // In place before the tensor has a view, through which autograd could not follow without a copy.
        long[] shape = [.. x.shape[..^1], Units];
        return activation.Overwrites ? activation.Overwrite(sum).view(shape) : activation.Apply(sum.view(shape));
    }

    /// <summary>What the layer computes with; null if it is more than a product, a bias and an activation function.</summary>
    internal (Variable Kernel, Variable? Bias, ActivationFunction Activation)? Plain =>
        Quantized is null && Float8 is null && Packed is null && Lora is null && kernel is not null ? (kernel, bias, activation) : null;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["units"] = Units;
        config["activation"] = activation.Serialize();
        config["use_bias"] = UseBias;
        config["kernel_initializer"] = kernelInitializer.Serialize();
        config["bias_initializer"] = biasInitializer.Serialize();
        config["kernel_regularizer"] = kernelRegularizer?.Serialize();
        config["bias_regularizer"] = biasRegularizer?.Serialize();
        if (ActivityRegularizer is not null)
        {
            config["activity_regularizer"] = ActivityRegularizer.Serialize();
        }

        config["kernel_constraint"] = kernelConstraint?.Serialize();
        config["bias_constraint"] = biasConstraint?.Serialize();
        WriteQuantization(config);
        WriteLora(config);
    }

    private static Tensor Multiply(Tensor x, QuantizedWeight weight)
    {
        Tensor integers = weight.Integers();
        if (weight.Zero is not null)
        {
            return x.MatrixProduct(weight.InBlocks(integers, weight.Scale.Value, weight.Zero.Value, 0));
        }

        return QuantizedWeight.WithGradient(x, Quantized, () => x.MatrixProduct(integers / weight.Scale.Value));

        Tensor Quantized()
        {
            if (!weight.QuantizesInputs)
            {
                return x.MatrixProduct(integers).div(weight.Scale.Value);
            }

            (Tensor input, Tensor scale) = weight.QuantizeInputs(x, [-1]);
            return QuantizedWeight.Exact(x.shape[^1], input, integers, (a, b) => a.MatrixProduct(b)).div(weight.Scale.Value * scale);
        }
    }
}
