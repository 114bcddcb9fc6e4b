using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="DepthwiseConv1D"/> and <see cref="DepthwiseConv2D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class DepthwiseConvolution : KernelLayer
{
    private Variable? kernel;

    private protected DepthwiseConvolution(int depthMultiplier, KernelSettings settings)
        : base(settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depthMultiplier, 1);
        DepthMultiplier = depthMultiplier;
    }

    /// <summary>Output channels per input channel.</summary>
    public int DepthMultiplier { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        Convolved(inputShape, channels => channels == Shape.None ? Shape.None : channels * DepthMultiplier);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        long channels = ChannelsOf(inputShape);
        kernel = AddKernel("kernel", [.. Window.Size, channels, DepthMultiplier]);
        AddBias(channels * DepthMultiplier);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Activated(Depthwise(Window, ToChannelsFirst(x), kernel!.Value, Bias));

    /// <summary>Convolves each channel separately with its slices of a kernel [window, channels, multiplier].</summary>
    internal static Tensor Depthwise(Window window, Tensor x, Tensor kernel, Tensor? bias) =>
        window.Convolve(x, kernel.reshape([.. window.Size, 1, -1]), bias, groups: x.shape[1]);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["depth_multiplier"] = DepthMultiplier;
        Window.WriteKernel(config);
        Settings.WriteRest(config, "depthwise");
    }
}
