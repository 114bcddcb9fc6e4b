using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of max and average pooling over one, two or three axes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Pooling : Layer
{
    private readonly Window window;

    private protected Pooling(long[] poolSize, long[]? strides, Padding padding, DataFormat dataFormat, string? name)
        : base(name) => window = new Window(poolSize, strides ?? poolSize, padding, dataFormat, sizeName: nameof(poolSize));

    /// <summary>The padding mode.</summary>
    public Padding Padding => window.Padding;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != window.Rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(window.Rank));
        }

        long[] sizes = window.OutputSizes(inputShape);
        if (sizes.Any(size => size is not Shape.None and < 1))
        {
            throw UnfitInput(inputShape, $"{SpatialAxes.Noun(window.Rank)} no smaller than its window {SpatialAxes.Text(window.Size)}");
        }

        return SpatialAxes.Write(inputShape[0], sizes, SpatialAxes.Channels(inputShape, window.DataFormat), window.DataFormat);
    }

    /// <summary>Pools padded samples in libtorch's axis order.</summary>
    private protected abstract Tensor Pool(Tensor x, (long Before, long After)[] borders);

    private protected Tensor Maximum(Tensor x, (long Before, long After)[] borders)
    {
        // Padding must never be the maximum.
        x = Padded(x, borders, double.NegativeInfinity);
        return SpatialKernels.MaxPool(x, window.Size, window.Strides);
    }

    private protected Tensor Average(Tensor x, (long Before, long After)[] borders)
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
        Tensor samples = SpatialAxes.ToChannelsFirst(x, window.DataFormat);
        return SpatialAxes.FromChannelsFirst(Pool(samples, window.Borders(samples)), window.DataFormat);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["pool_size"] = window.Size.ToJson();
        config["padding"] = Padding.ToString();
        config["strides"] = window.Strides.ToJson();
        config["data_format"] = window.DataFormat.ToKeras();
    }

    private static Tensor Padded(Tensor x, (long Before, long After)[] borders, double value) =>
        borders.All(b => b == (0, 0)) ? x : nn.functional.pad(x, Window.Flat(borders), value: value);

    private Tensor Means(Tensor x) => SpatialKernels.AveragePool(x, window.Size, window.Strides);
}
