using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Crops the center of images; images that are too small are first resized with their aspect ratio kept. Keras: <c>layers.CenterCrop</c>.
/// </summary>
/// <remarks>Input <c>[batch, height', width', channels]</c>, output <c>[batch, height, width, channels]</c>.</remarks>
public sealed class CenterCrop : ImageLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="height">Height of the output, 1 or more.</param>
    /// <param name="width">Width of the output, 1 or more.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>center_crop</c>, <c>center_crop_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public CenterCrop(int height, int width, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
        : base(dataFormat, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Height = height;
        Width = width;
    }

    /// <summary>Height of the output.</summary>
    public int Height { get; }

    /// <summary>Width of the output.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => WithSize(inputShape, Height, Width);

    internal static CenterCrop FromConfig(ConfigReader config) =>
        new(config.Int("height"), config.Int("width"), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor images = ToFloat(x);
        long rows = images.shape[HeightAxis] - Height;
        long columns = images.shape[WidthAxis] - Width;
        if (rows >= 0 && columns >= 0)
        {
            return images.narrow(HeightAxis, rows / 2, Height).narrow(WidthAxis, columns / 2, Width);
        }

        Tensor middle = ImageResize.CropToProportions(SpatialAxes.ToChannelsFirst(images, DataFormat), Height, Width);
        return SpatialAxes.FromChannelsFirst(ImageResize.Resize(middle, Height, Width, "bilinear", antialias: false), DataFormat);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["height"] = Height;
        config["width"] = Width;
        base.WriteConfig(config);
    }
}
