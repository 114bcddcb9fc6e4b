using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A sliding window over the spatial axes, shared by convolution and pooling over 1, 2 or 3 axes.</summary>
internal sealed class Window
{
    public Window(long[] size, long[] strides, Padding padding, DataFormat dataFormat, long[]? dilation = null, bool allowCausal = false,
        string sizeName = "kernelSize")
    {
        Size = SpatialAxes.AtLeastOne(size, sizeName);
        Strides = SpatialAxes.AtLeastOne(strides, "strides");
        Dilation = SpatialAxes.AtLeastOne(dilation ?? [.. size.Select(_ => 1L)], "dilationRate");
        if (padding == Padding.Causal && !allowCausal)
        {
            throw new ArgumentException("padding must be 'valid' or 'same' here; 'causal' is for Conv1D.", nameof(padding));
        }

        Padding = padding;
        DataFormat = dataFormat;
    }

    public long[] Size { get; }

    public long[] Strides { get; }

    public long[] Dilation { get; }

    public Padding Padding { get; }

    public DataFormat DataFormat { get; }

    public int Rank => Size.Length;

    public static Window ForKernel(ConfigReader config, int rank, bool allowCausal = false)
    {
        long[] one = [.. Enumerable.Repeat(1L, rank)];
        string padding = allowCausal ? config.Choice("padding", "valid", "valid", "same", "causal")
            : config.Choice("padding", "valid", "valid", "same");
        return new Window(
            config.Sizes("kernel_size", rank),
            config.Sizes("strides", rank, one),
            padding,
            LayerRegistry.DataFormat(config),
            config.Sizes("dilation_rate", rank, one),
            allowCausal);
    }

    /// <summary>Throws if strides and dilation are both above 1, as Keras does for convolutions with one kernel.</summary>
    public Window RefuseStridedDilation() => Strides.Max() == 1 || Dilation.Max() == 1 ? this : throw new ArgumentException(
        $"strides above 1 can't be combined with a dilationRate above 1; got strides: {SpatialAxes.Text(Strides)}, dilationRate: "
        + $"{SpatialAxes.Text(Dilation)}.",
        "dilationRate");

    /// <summary>The number of windows along each axis; 0 if none fits.</summary>
    public long[] OutputSizes(Shape input) =>
        [.. SpatialAxes.Sizes(input, DataFormat)
        .Select((length, i) => SpatialAxes.OutputLength(length, Size[i], Strides[i], Padding, Dilation[i]))];

    /// <summary>The padding that <c>same</c> or <c>causal</c> adds before and after each axis of samples in libtorch's order.</summary>
    public (long Before, long After)[] Borders(Tensor x) => Borders(x.shape[2..]);

    /// <summary>The padding before and after each axis of samples with these axes.</summary>
    public (long Before, long After)[] Borders(long[] lengths) => [.. Size.Select((size, i) => Padding == Padding.Same
        ? SpatialAxes.SamePadding(lengths[i], size, Strides[i], Dilation[i])
        : Padding == Padding.Causal ? (Dilation[i] * (size - 1), 0L) : (0L, 0L))];

    /// <summary>The padding in the order of libtorch's pad: the last axis first.</summary>
    public static long[] Flat((long Before, long After)[] borders) => [.. borders.Reverse().SelectMany(b => new[] { b.Before, b.After })];

    /// <summary>The convolution of samples in libtorch's order with a kernel in Keras' order.</summary>
    public Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, long groups)
    {
        (long Before, long After)[] borders = Borders(x);
        long[] around = [.. borders.Select(b => b.Before)];
        if (borders.Any(b => b.Before != b.After))
        {
            x = nn.functional.pad(x, Flat(borders));
            around = new long[Rank];
        }

        return SpatialKernels.Convolve(x, Permuted(kernel), bias, Strides, around, Dilation, groups);
    }

    /// <summary>Keras stores kernels as [window, in, out]; libtorch gets a permuted view, [out, in, window].</summary>
    public static Tensor Permuted(Tensor kernel)
    {
        int axes = (int)kernel.dim();
        return kernel.permute([axes - 1, axes - 2, .. Enumerable.Range(0, axes - 2).Select(axis => (long)axis)]);
    }

    public void WriteKernel(JsonObject config, Action? afterPadding = null)
    {
        config["kernel_size"] = Size.ToJson();
        config["strides"] = Strides.ToJson();
        config["padding"] = Padding.ToString();
        afterPadding?.Invoke();
        config["data_format"] = DataFormat.ToKeras();
        config["dilation_rate"] = Dilation.ToJson();
    }
}
