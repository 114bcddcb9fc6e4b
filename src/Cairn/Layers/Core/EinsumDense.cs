using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Fully connected layer defined by an einsum equation: <c>y = activation(einsum(equation, x, kernel) + bias)</c>. Keras:
/// <c>layers.EinsumDense</c>.
/// </summary>
/// <remarks>
/// <c>new EinsumDense("abc,cd->abd", [Shape.None, 64], biasAxes: "d")</c> is a <see cref="Dense"/> of 64 units for every step of a
/// sequence. Letters that input and kernel share but that are missing from the output are summed over; an ellipsis stands for any number of
/// axes.
/// </remarks>
public sealed class EinsumDense : Layer
{
    private readonly EinsumEquation equation;
    private readonly Shape outputSizes;
    private readonly ActivationFunction activation;
    private readonly string? biasAxes;
    private readonly Initializer kernelInitializer;
    private readonly Initializer biasInitializer;
    private readonly Regularizer? kernelRegularizer;
    private readonly Regularizer? biasRegularizer;
    private readonly Constraint? kernelConstraint;
    private readonly Constraint? biasConstraint;
    private Shape? kernelShape;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates a layer.</summary>
    /// <param name="equation">Input, kernel and output as <c>"ab,bc->ac"</c>, <c>"...ab,bc->...ac"</c> or <c>"ab...,bc->ac..."</c>; the
    /// first axis is the batch.</param>
    /// <param name="outputShape">Sizes of the output's axes, without the batch axis and the axes of an ellipsis; <see cref="Shape.None"/>
    /// takes the input's size.</param>
    /// <param name="activation">Activation function; none (linear) by default.</param>
    /// <param name="biasAxes">Letters of the output's axes that the bias has; null (default) for no bias.</param>
    /// <param name="kernelInitializer">Initializer of the kernel; <c>glorot_uniform</c> by default, with fans computed from the
    /// equation.</param>
    /// <param name="biasInitializer">Initializer of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Regularizer of the kernel; none by default.</param>
    /// <param name="biasRegularizer">Regularizer of the bias; none by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">Constraint on the kernel, applied after each step; none by default.</param>
    /// <param name="biasConstraint">Constraint on the bias, applied after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>einsum_dense</c>, <c>einsum_dense_1</c>, …</param>
    /// <exception cref="ArgumentException">The equation or the bias axes are invalid.</exception>
    public EinsumDense(
        string equation,
        Shape outputShape,
        ActivationFunction? activation = null,
        string? biasAxes = null,
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
        ArgumentNullException.ThrowIfNull(outputShape);
        this.equation = new EinsumEquation(equation);
        if (biasAxes is not null)
        {
            this.equation.CheckBias(biasAxes);
        }

        outputSizes = outputShape;
        this.activation = activation ?? ActivationFunction.Linear;
        this.biasAxes = biasAxes;
        this.kernelInitializer = kernelInitializer ?? Initializer.GlorotUniform;
        this.biasInitializer = biasInitializer ?? Initializer.Zeros;
        this.kernelRegularizer = kernelRegularizer;
        this.biasRegularizer = biasRegularizer;
        this.kernelConstraint = kernelConstraint;
        this.biasConstraint = biasConstraint;
        ActivityRegularizer = activityRegularizer;
    }

    /// <summary>The einsum equation.</summary>
    public string Equation => equation.ToString();

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return equation.OutputShape(inputShape, outputSizes);
    }

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

    internal static EinsumDense FromConfig(ConfigReader config)
    {
        var layer = new EinsumDense(
            config.String("equation"),
            config.Shape("output_shape"),
            LayerRegistry.Activation(config),
            config.OptionalString("bias_axes"),
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
        Shape outputShape = ComputeOutputShape(inputShape);
        Initializer first = kernelInitializer.ForAxes(equation.InputAxes, equation.OutputAxes);
        kernelShape = equation.KernelShape(inputShape, outputShape);
        AddFloat8(isLast: false);
        if (IsPacked)
        {
            AddPacked(kernelShape, RowsOfPacked(kernelShape), "zero_point");
        }
        else if (IsQuantized)
        {
            long rows = equation.InputAxes.Aggregate(1L, (count, axis) => count * kernelShape[axis]);
            var layout = new QuantizedLayout(
                rows, kernelShape.ElementCount / Math.Max(1, rows), 0, [.. equation.InputAxes.Select(axis => (long)axis)],
                equation.ScaleOfKernel, equation.ScaleFromKernel);
            AddQuantized("kernel", kernelShape, layout, equation.ScaleShape(kernelShape, outputShape.Rank), kernelRegularizer,
                kernelConstraint);
        }
        else
        {
            kernel = AddWeight("kernel", kernelShape, first, regularizer: kernelRegularizer, constraint: kernelConstraint);
        }

        if (biasAxes is not null)
        {
            bias = AddWeight("bias", equation.BiasShape(biasAxes, inputShape, outputShape), biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint);
        }

        AddFloat8(isLast: true);
        AddWantedLora(kernel ?? Quantized?.Values);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (Float8 is not null)
        {
            Tensor product = Float8.Product(x, kernel!.Value, context.Training, (a, b) => einsum(Equation, a, b));
            return activation.Apply(bias is null ? product : Float8Weights.AddBias(product, bias.Value));
        }

        if (Quantized is null && Packed is null && bias is not null && equation.SummedAxes is { } summed
            && bias.Shape.Rank == kernelShape!.Rank - summed
            && bias.Shape.ElementCount == kernelShape[summed..].ElementCount && x.NumberOfElements > 0
            && x.shape.AsSpan()[^summed..].SequenceEqual(kernel!.Stored.shape.AsSpan(0, summed)))
        {
            Tensor weights = Lora?.Merged() ?? kernel!.Value;
            long[] kept = weights.shape[summed..];
            (Tensor rows, Tensor matrix, Tensor added) =
                (summed == 1 ? x : x.flatten(-summed), weights.flatten(0, summed - 1).flatten(1), bias.Value.flatten());
            Tensor product = DensePass.Fits(rows, matrix, added)
                ? DensePass.Run(rows, matrix, added, isRelu: false) : rows.ProductPlus(matrix, added);
            return activation.Apply(product.view([.. x.shape[..^summed], .. kept]));
        }

        Tensor sum = Quantized is not null ? Multiply(x, Quantized)
            : einsum(Equation, x, Packed?.Dequantized() ?? Lora?.Merged() ?? kernel!.Value);
        if (Quantized is not null && Lora is not null)
        {
            sum = sum.Plus(einsum(Equation, x, Lora.Product()));
        }

        return activation.Apply(bias is null ? sum : sum.Plus(bias.Value));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["output_shape"] = outputSizes.ToJson();
        config["equation"] = Equation;
        config["activation"] = activation.Serialize();
        config["bias_axes"] = biasAxes;
        config["kernel_initializer"] = kernelInitializer.Serialize();
        config["bias_initializer"] = biasInitializer.Serialize();
        config["kernel_regularizer"] = kernelRegularizer?.Serialize();
        config["bias_regularizer"] = biasRegularizer?.Serialize();
        config["activity_regularizer"] = ActivityRegularizer?.Serialize();
        config["kernel_constraint"] = kernelConstraint?.Serialize();
        config["bias_constraint"] = biasConstraint?.Serialize();
        WriteQuantization(config);
        if (QuantizationMode == "gptq" && kernelShape is not null)
        {
            config["gptq_unpacked_column_size"] = kernelShape.ElementCount / RowsOfPacked(kernelShape);
        }

        WriteLora(config);
    }

    // Keras takes the largest axis for that of the model, and so decides which axes are summed over.
    private long RowsOfPacked(Shape shape)
    {
        long[] sizes = shape.ToArray();
        return sizes.Length switch
        {
            2 => sizes[0],
            3 => Array.IndexOf(sizes, sizes.Max()) == 0 ? sizes[0] : sizes[0] * sizes[1],
            _ => throw new InvalidOperationException(
                $"EinsumDense '{Name}' has a kernel of shape {shape}; quantization '{QuantizationMode}' takes kernels of rank 2 or 3."),
        };
    }

    private Tensor Multiply(Tensor x, QuantizedWeight weight)
    {
        Tensor integers = weight.Integers();
        Tensor? scale = null;
        if (weight.Zero is not null)
        {
            integers = weight.InBlocks(integers, weight.Scale.Value, weight.Zero.Value, 0);
        }
        else if (weight.Settings.IsInt4)
        {
            integers = integers / weight.Scale.Value;
        }
        else
        {
            scale = weight.Scale.Value;
        }

        integers = integers.reshape(kernelShape!.ToArray());
        return weight.QuantizesInputs && weight.Zero is null ? QuantizedWeight.WithGradient(x, Quantized, Dequantized) : Dequantized();

        Tensor Dequantized() => einsum(Equation, x, scale is null ? integers : integers / equation.ScaleOfKernel(scale));

        Tensor Quantized()
        {
            (Tensor input, Tensor inputScale) = weight.QuantizeInputs(x, equation.ReducedInputAxes((int)x.dim()));
            Tensor divisor = equation.ScaleOfOutput(inputScale);
            long terms = equation.InputAxes.Aggregate(1L, (count, axis) => count * kernelShape[axis]);
            return QuantizedWeight.Exact(terms, input, integers, (a, b) => einsum(Equation, a, b))
                .div(scale is null ? divisor : divisor * scale);
        }
    }
}
