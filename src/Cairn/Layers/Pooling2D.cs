using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>What maximum and average pooling over height and width share.</summary>
public abstract class Pooling2D : Layer
{
    private readonly DataFormat dataFormat;

    private protected Pooling2D(Size2D poolSize, Size2D? strides, Padding padding, DataFormat dataFormat, string? name)
        : base(name)
    {
        PoolSize = SpatialAxes.AtLeastOne(poolSize, nameof(poolSize));
        Strides = SpatialAxes.AtLeastOne(strides ?? poolSize, nameof(strides));
        Padding = padding;
        this.dataFormat = dataFormat;
    }

    /// <summary>Size of the window.</summary>
    public Size2D PoolSize { get; }

    /// <summary>Steps of the window.</summary>
    public Size2D Strides { get; }

    /// <summary>What happens at the border.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != 4) throw UnfitInput(inputShape, "images of rank 4, batch included");
        (long height, long width, long channels) = SpatialAxes.Read(inputShape, dataFormat);
        long newHeight = SpatialAxes.OutputLength(height, PoolSize.Height, Strides.Height, Padding);
        long newWidth = SpatialAxes.OutputLength(width, PoolSize.Width, Strides.Width, Padding);
        if (newHeight is not Shape.None and < 1 || newWidth is not Shape.None and < 1)
        {
            throw UnfitInput(inputShape, $"images no smaller than its window {PoolSize}");
        }

        return SpatialAxes.Write(inputShape[0], newHeight, newWidth, channels, dataFormat);
    }

    /// <summary>Pools an image <c>[batch, channels, height, width]</c>; padding is [left, right, top, bottom] elements around it.</summary>
    private protected abstract Tensor Pool(Tensor image, long[] window, long[] strides, long[] padding);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor image = SpatialAxes.ToChannelsFirst(x, dataFormat);
        long[] around = [0, 0, 0, 0];
        if (Padding == Padding.Same)
        {
            var (top, bottom) = SpatialAxes.SamePadding(image.shape[2], PoolSize.Height, Strides.Height);
            var (left, right) = SpatialAxes.SamePadding(image.shape[3], PoolSize.Width, Strides.Width);
            around = [left, right, top, bottom];
        }

        Tensor y = Pool(image, [PoolSize.Height, PoolSize.Width], [Strides.Height, Strides.Width], around);
        return SpatialAxes.FromChannelsFirst(y, dataFormat);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["pool_size"] = PoolSize.ToJson();
        config["padding"] = Padding.ToString();
        config["strides"] = Strides.ToJson();
        config["data_format"] = dataFormat.ToKeras();
    }
}
