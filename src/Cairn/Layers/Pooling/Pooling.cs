using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of max and average pooling over one, two or three axes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Pooling : Layer
{
    private PooledSamples? pooled;

    private protected Pooling(long[] poolSize, long[]? strides, Padding padding, DataFormat dataFormat, string? name)
        : base(name) => Window = new Window(poolSize, strides ?? poolSize, padding, dataFormat, sizeName: nameof(poolSize));

    internal Window Window { get; }

    /// <summary>Whether the results are maxima; otherwise means.</summary>
    internal abstract bool IsMaximum { get; }

    /// <summary>The padding mode.</summary>
    public Padding Padding => Window.Padding;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != Window.Rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(Window.Rank));
        }

        long[] sizes = Window.OutputSizes(inputShape);
        if (sizes.Any(size => size is not Shape.None and < 1))
        {
            throw UnfitInput(inputShape, $"{SpatialAxes.Noun(Window.Rank)} no smaller than its window {SpatialAxes.Text(Window.Size)}");
        }

        return SpatialAxes.Write(inputShape[0], sizes, SpatialAxes.Channels(inputShape, Window.DataFormat), Window.DataFormat);
    }

    private Tensor Maximum(Tensor x, (long Before, long After)[] borders)
    {
        // Padding must never be the maximum.
        x = Padded(x, borders, double.NegativeInfinity);
        return SpatialKernels.MaxPool(x, Window.Size, Window.Strides);
    }

    private Tensor Average(Tensor x, (long Before, long After)[] borders)
    {
        if (borders.All(b => b == (0, 0)))
        {
            return Means(x);
        }

        // The mean over the real elements is the mean over all elements, divided by the fraction of real ones.
        Tensor sums = Means(Padded(x, borders, 0));
        using IDisposable _ = no_grad();
        Tensor real = ones([1, 1, .. x.shape[2..]], x.dtype, x.device);
        Tensor share = Means(Padded(real, borders, 0));
        using IDisposable grad = enable_grad(sums.requires_grad);
        return sums / share;
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (Window.DataFormat != DataFormat.ChannelsLast || !PoolingPass.Takes(x))
        {
            return Ordinary(x);
        }

        long[] shape = x.shape;
        PooledSamples? found = pooled;
        if (found?.IsFor(shape) != true)
        {
            pooled = found = new PooledSamples(
                new PooledAxes(Window, shape[1..]), IsMaximum, shape[1..], [.. Window.OutputSizes(shape), shape[^1]], Ordinary);
        }

        return found.Sizes.IsListed && found.Sizes.PerOutput > 0 ? PoolingPass.Run(found, x) : Ordinary(x);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["pool_size"] = Window.Size.ToJson();
        config["padding"] = Padding.ToString();
        config["strides"] = Window.Strides.ToJson();
        config["data_format"] = Window.DataFormat.ToKeras();
    }

    /// <summary>The result in libtorch's operations.</summary>
    private Tensor Ordinary(Tensor x)
    {
        Tensor samples = SpatialAxes.ToChannelsFirst(x, Window.DataFormat);
        (long Before, long After)[] borders = Window.Borders(samples);
        return SpatialAxes.FromChannelsFirst(IsMaximum ? Maximum(samples, borders) : Average(samples, borders), Window.DataFormat);
    }

    private static Tensor Padded(Tensor x, (long Before, long After)[] borders, double value) =>
        borders.All(b => b == (0, 0)) ? x : nn.functional.pad(x, Window.Flat(borders), value: value);

    private Tensor Means(Tensor x) => SpatialKernels.AveragePool(x, Window.Size, Window.Strides);
}
