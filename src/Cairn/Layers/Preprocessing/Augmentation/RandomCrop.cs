using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, crops the images of a batch at one random position; images that are too small are resized. Keras: <c>layers.RandomCrop</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, height', width', channels]</c>, output in training <c>[batch, height, width, channels]</c>. As in Keras 3.16, images
/// pass through unchanged otherwise, although the layer's output shape is always that of the crop. If later layers need that shape, predict
/// on images of that size. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomCrop : AugmentationLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="height">Height of the output, 1 or more.</param>
    /// <param name="width">Width of the output, 1 or more.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_crop</c>, <c>random_crop_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public RandomCrop(int height, int width, long? seed = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
        : base(seed, dataFormat, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Height = height;
        Width = width;
    }

    /// <summary>Height of the output in training.</summary>
    public int Height { get; }

    /// <summary>Width of the output in training.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => WithSize(inputShape, Height, Width);

    internal static RandomCrop FromConfig(ConfigReader config) => new(
        config.Int("height"), config.Int("width"), config.OptionalLong("seed"), LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        long rows = images.shape[HeightAxis];
        long columns = images.shape[WidthAxis];
        if (rows > Height && columns > Width)
        {
            long top = Start(rows - Height, images, context);
            long left = Start(columns - Width, images, context);
            return images.narrow(HeightAxis, top, Height).narrow(WidthAxis, left, Width);
        }

        // If one side is too small, Keras crops the center to at most the target's aspect ratio and resizes it.
        long cropHeight = Math.Max(Math.Min(rows, (long)((double)(columns * Height) / Width)), 1);
        long cropWidth = Math.Max(Math.Min(columns, (long)((double)(rows * Width) / Height)), 1);
        Tensor part = From(From(images, HeightAxis, (rows - cropHeight) / 2, Height), WidthAxis, (columns - cropWidth) / 2, Width);
        return part.shape[HeightAxis] == Height && part.shape[WidthAxis] == Width
            ? part
            : SpatialAxes.FromChannelsFirst(
                ImageResize.Resize(SpatialAxes.ToChannelsFirst(part, DataFormat), Height, Width, "bilinear", antialias: false), DataFormat);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["height"] = Height;
        config["width"] = Width;
        config["seed"] = Seed;
    }

    private static Tensor From(Tensor images, int axis, long start, long size) =>
        images.narrow(axis, start, Math.Min(size, images.shape[axis] - start));

    private static long Start(long room, Tensor images, CallContext context) =>
        Math.Min(room, (long)DrawForAll((0, room + 1), 1, images, context).item<float>());
}
