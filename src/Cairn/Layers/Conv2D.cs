using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Convolution over height and width. Keras: <c>layers.Conv2D</c>.</summary>
/// <remarks>
/// Input <c>[batch, height, width, channels]</c>, output <c>[batch, height', width', filters]</c>; kernel
/// <c>[kernel height, kernel width, channels / groups, filters]</c>, bias <c>[filters]</c>.
/// </remarks>
public sealed class Conv2D : Layer
{
    private readonly Size2D kernelSize;
    private readonly Size2D strides;
    private readonly Padding padding;
    private readonly DataFormat dataFormat;
    private readonly Size2D dilationRate;
    private readonly int groups;
    private readonly ActivationFunction activation;
    private readonly Initializer kernelInitializer;
    private readonly Initializer biasInitializer;
    private readonly Regularizer? kernelRegularizer;
    private readonly Regularizer? biasRegularizer;
    private readonly Constraint? kernelConstraint;
    private readonly Constraint? biasConstraint;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Makes a convolution.</summary>
    /// <param name="filters">Channels of the output, 1 or more and a multiple of <paramref name="groups"/>.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="strides">Steps of the window; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="dilationRate">Distance between the window's elements; 1 by default. Not above 1 together with strides above 1.</param>
    /// <param name="groups">Into how many groups the channels are split; 1 by default.</param>
    /// <param name="activation">Function of the result; none (linear) by default.</param>
    /// <param name="useBias">Whether a bias is added; true by default.</param>
    /// <param name="kernelInitializer">First numbers of the kernel; <c>glorot_uniform</c> by default.</param>
    /// <param name="biasInitializer">First numbers of the bias; <c>zeros</c> by default.</param>
    /// <param name="kernelRegularizer">Price on the kernel; none by default.</param>
    /// <param name="biasRegularizer">Price on the bias; none by default.</param>
    /// <param name="activityRegularizer">Price on the output, divided by the batch size; none by default.</param>
    /// <param name="kernelConstraint">What the kernel must fulfil after each step; none by default.</param>
    /// <param name="biasConstraint">What the bias must fulfil after each step; none by default.</param>
    /// <param name="name">Unique name, or null for <c>conv2d</c>, <c>conv2d_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the arguments do not go together.</exception>
    public Conv2D(
        int filters,
        Size2D kernelSize,
        Size2D? strides = null,
        Padding padding = default,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        Size2D? dilationRate = null,
        int groups = 1,
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
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (filters % groups != 0)
        {
            throw new ArgumentException($"filters must be a multiple of groups; got filters: {filters}, groups: {groups}.", nameof(filters));
        }

        Filters = filters;
        this.kernelSize = SpatialAxes.AtLeastOne(kernelSize, nameof(kernelSize));
        this.strides = SpatialAxes.AtLeastOne(strides ?? 1, nameof(strides));
        this.dilationRate = SpatialAxes.AtLeastOne(dilationRate ?? 1, nameof(dilationRate));
        if ((this.strides.Height > 1 || this.strides.Width > 1) && (this.dilationRate.Height > 1 || this.dilationRate.Width > 1))
        {
            throw new ArgumentException(
                $"strides above 1 do not go together with a dilationRate above 1; got strides: {this.strides}, dilationRate: {this.dilationRate}.",
                nameof(dilationRate));
        }

        this.padding = padding;
        this.dataFormat = dataFormat;
        this.groups = groups;
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

    /// <summary>Channels of the output.</summary>
    public int Filters { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != 4) throw UnfitInput(inputShape, "images of rank 4, batch included");
        (long height, long width, _) = SpatialAxes.Read(inputShape, dataFormat);
        long newHeight = SpatialAxes.OutputLength(height, kernelSize.Height, strides.Height, padding, dilationRate.Height);
        long newWidth = SpatialAxes.OutputLength(width, kernelSize.Width, strides.Width, padding, dilationRate.Width);
        if (newHeight is not Shape.None and < 1 || newWidth is not Shape.None and < 1)
        {
            throw UnfitInput(inputShape, $"images no smaller than its window {kernelSize} with dilation {dilationRate}");
        }

        return SpatialAxes.Write(inputShape[0], newHeight, newWidth, Filters, dataFormat);
    }

    internal static Conv2D FromConfig(ConfigReader config)
    {
        config.RefuseUnlessNull("lora_rank", "quantization_config");
        return new Conv2D(
            config.Int("filters"),
            LayerRegistry.Size(config, "kernel_size"),
            LayerRegistry.Size(config, "strides", 1),
            config.Choice("padding", "valid", "valid", "same"),
            LayerRegistry.DataFormat(config),
            LayerRegistry.Size(config, "dilation_rate", 1),
            config.Int("groups", 1),
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
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank != 4) throw UnfitInput(inputShape, "images of rank 4, batch included");
        long channels = SpatialAxes.Read(inputShape, dataFormat).Channels;
        if (channels == Shape.None || channels % groups != 0)
        {
            throw UnfitInput(inputShape, $"images with a known number of channels that is a multiple of its {groups} groups");
        }

        Shape shape = [kernelSize.Height, kernelSize.Width, channels / groups, Filters];
        kernel = AddWeight("kernel", shape, kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint);
        if (UseBias) bias = AddWeight("bias", [Filters], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor image = SpatialAxes.ToChannelsFirst(x, dataFormat);
        long[] around = [0, 0];
        if (padding == Padding.Same)
        {
            var (top, bottom) = SpatialAxes.SamePadding(image.shape[2], kernelSize.Height, strides.Height, dilationRate.Height);
            var (left, right) = SpatialAxes.SamePadding(image.shape[3], kernelSize.Width, strides.Width, dilationRate.Width);
            if (top == bottom && left == right) around = [top, left];
            else image = nn.functional.pad(image, [left, right, top, bottom]);
        }

        // Keras keeps kernels as [height, width, in, out]; libtorch reads a permuted view of them.
        Tensor y = nn.functional.conv2d(
            image,
            kernel!.Value.permute(3, 2, 0, 1),
            bias?.Value,
            strides: [strides.Height, strides.Width],
            padding: around,
            dilation: [dilationRate.Height, dilationRate.Width],
            groups: groups);
        return activation.Apply(SpatialAxes.FromChannelsFirst(y, dataFormat));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filters"] = Filters;
        config["kernel_size"] = kernelSize.ToJson();
        config["strides"] = strides.ToJson();
        config["padding"] = padding.ToString();
        config["data_format"] = dataFormat.ToKeras();
        config["dilation_rate"] = dilationRate.ToJson();
        config["groups"] = groups;
        config["activation"] = activation.Name;
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
