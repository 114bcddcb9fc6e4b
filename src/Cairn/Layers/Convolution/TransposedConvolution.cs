using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="Conv1DTranspose"/>, <see cref="Conv2DTranspose"/> and <see cref="Conv3DTranspose"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TransposedConvolution : KernelLayer
{
    private readonly long[]? outputPadding;
    private Variable? kernel;

    private protected TransposedConvolution(int filters, long[]? outputPadding, KernelSettings settings)
        : base(settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        Window.RefuseStridedDilation();
        if (outputPadding is not null && outputPadding.Where((extra, i) => extra < 0 || extra >= Window.Strides[i]).Any())
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputPadding),
                string.Join(", ", outputPadding),
                $"outputPadding must be 0 or more and less than strides {SpatialAxes.Text(Window.Strides)} along every axis.");
        }

        Filters = filters;
        this.outputPadding = outputPadding;
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != Window.Rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(Window.Rank));
        }

        long[] sizes = [.. SpatialAxes.Sizes(inputShape, Window.DataFormat)
            .Select((length, i) => length == Shape.None ? Shape.None : OutputLength(length, i))];
        return SpatialAxes.Write(inputShape[0], sizes, Filters, Window.DataFormat);
    }

    private protected static long[]? OutputPadding(ConfigReader config, int rank) =>
        config.Has("output_padding") ? config.Sizes("output_padding", rank) : null;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        kernel = AddKernel("kernel", [.. Window.Size, Filters, ChannelsOf(inputShape)]);
        AddBias(Filters);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        TryByPatches(x, kernel!.Value) ?? Activated(Transpose(ToChannelsFirst(x), kernel!.Value, Bias));

    internal override bool IsPlainConvolution =>
        Window.DataFormat == DataFormat.ChannelsLast && kernel is not null && ConvolutionPass.IsOn;

    internal override (Variable Kernel, Variable? Bias) Plain => (kernel!, BiasVariable);

    internal override PatchLayer? CreatePatches(Shape x)
    {
        // The input of the convolution that this is the transpose of is the output, and the reverse.
        long[] input = SpatialAxes.Sizes(x, Window.DataFormat), output = [.. input.Select(OutputLength)];
        return !ConvolutionSizes.Fit(output, input, Filters, x[^1], Window) ? null
            : new PatchLayer(
                new ConvolutionSizes(output, input, Window, [.. input.Select((_, i) => CutBefore(i))], Filters, x[^1]),
                isTransposed: true, [.. input, x[^1]], [.. output, Filters], Rectifies,
                (samples, weight, bias) => Rectified(Transpose(ToChannelsFirst(samples), weight, bias)));
    }

    private Tensor Transpose(Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor y = SpatialKernels.Transpose(x, Window.Permuted(weight), Window.Strides, Window.Dilation);

        // libtorch's padding is symmetric, Keras' is not: compute the full result, then crop it (or pad it with zeros) at both ends.
        var borders = new (long Before, long After)[Window.Rank];
        for (int i = 0; i < Window.Rank; i++)
        {
            long before = -CutBefore(i);
            borders[i] = (before, OutputLength(x.shape[i + 2], i) - y.shape[i + 2] - before);
            long start = Math.Max(0, -before);
            y = y.narrow(i + 2, start, y.shape[i + 2] - start - Math.Max(0, -borders[i].After));
        }

        long[] missing = Window.Flat([.. borders.Select(b => (Math.Max(0, b.Before), Math.Max(0, b.After)))]);
        if (missing.Any(count => count > 0))
        {
            y = nn.functional.pad(y, missing);
        }

        return bias is null ? y : y.Plus(bias.reshape([-1, .. Enumerable.Repeat(1L, Window.Rank)]));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filters"] = Filters;
        Window.WriteKernel(config, () => config["output_padding"] = outputPadding?.ToJson());
        Settings.WriteRest(config);
    }

    private long Reach(int axis) => ((Window.Size[axis] - 1) * Window.Dilation[axis]) + 1;

    private long OutputLength(long length, int axis)
    {
        long reach = Reach(axis);
        long stride = Window.Strides[axis];
        long? extra = outputPadding?[axis];
        if (Window.Padding == Padding.Same)
        {
            return extra is null ? length * stride : ((length - 1) * stride) + (reach % 2) + extra.Value;
        }

        return ((length - 1) * stride) + reach + (extra ?? Math.Max(0, stride - reach));
    }

    /// <summary>
    /// The number of elements Keras crops at the start: with <c>same</c>, the larger half of its padding is at the start, within the
    /// kernel.
    /// </summary>
    private long CutBefore(int axis)
    {
        if (Window.Padding == Padding.Valid)
        {
            return 0;
        }

        long reach = Reach(axis);
        long padding = outputPadding is null ? Window.Strides[axis] + reach - 2 : reach + (reach % 2) - 2 + outputPadding[axis];
        return reach - 1 - Math.Min((padding + 1) / 2, reach - 1);
    }
}
