using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="SeparableConv1D"/> and <see cref="SeparableConv2D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SeparableConvolution : KernelLayer
{
    private readonly Initializer pointwiseInitializer;
    private readonly Regularizer? pointwiseRegularizer;
    private readonly Constraint? pointwiseConstraint;
    private readonly Window pointwise;
    private Variable? depthwiseKernel;
    private Variable? pointwiseKernel;

    private protected SeparableConvolution(
        int filters, int depthMultiplier, Initializer? pointwiseInitializer, Regularizer? pointwiseRegularizer,
        Constraint? pointwiseConstraint, KernelSettings settings)
        : base(settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(depthMultiplier, 1);
        Filters = filters;
        DepthMultiplier = depthMultiplier;
        this.pointwiseInitializer = pointwiseInitializer ?? Initializer.GlorotUniform;
        this.pointwiseRegularizer = pointwiseRegularizer;
        this.pointwiseConstraint = pointwiseConstraint;
        long[] one = [.. Enumerable.Repeat(1L, Window.Rank)];
        pointwise = new Window(one, one, Padding.Valid, Window.DataFormat);
    }

    private protected SeparableConvolution(ConfigReader config, int rank)
        : this(
            config.Int("filters"),
            config.Int("depth_multiplier", 1),
            LayerRegistry.Initializer(config, "pointwise_initializer", "glorot_uniform"),
            LayerRegistry.Regularizer(config, "pointwise_regularizer"),
            LayerRegistry.Constraint(config, "pointwise_constraint"),
            KernelSettings.Read(config, rank, "depthwise"))
    {
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; }

    /// <summary>Depthwise output channels per input channel.</summary>
    public int DepthMultiplier { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Convolved(inputShape, _ => Filters);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        long channels = ChannelsOf(inputShape);
        depthwiseKernel = AddKernel("depthwise_kernel", [.. Window.Size, channels, DepthMultiplier]);
        pointwiseKernel = AddWeight(
            "pointwise_kernel",
            [.. pointwise.Size, channels * DepthMultiplier, Filters],
            pointwiseInitializer,
            regularizer: pointwiseRegularizer,
            constraint: pointwiseConstraint);
        AddBias(Filters);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor channels = DepthwiseConvolution.Depthwise(Window, ToChannelsFirst(x), depthwiseKernel!.Value, null);
        return Activated(pointwise.Convolve(channels, pointwiseKernel!.Value, Bias, groups: 1));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["depth_multiplier"] = DepthMultiplier;
        config["filters"] = Filters;
        Window.WriteKernel(config);
        Settings.WriteRest(config, "depthwise", (pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint));
    }
}
