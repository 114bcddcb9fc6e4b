using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Resizes images to a fixed size. Keras: <c>layers.Resizing</c>.</summary>
/// <remarks>Input <c>[batch, height', width', channels]</c>, output <c>[batch, height, width, channels]</c>.</remarks>
public sealed class Resizing : ImageLayer
{
    private readonly string interpolation;
    private readonly bool cropToAspectRatio;
    private readonly bool padToAspectRatio;
    private readonly string fillMode;
    private readonly double fillValue;
    private readonly bool antialias;

    /// <summary>Creates the layer.</summary>
    /// <param name="height">Height of the output, 1 or more.</param>
    /// <param name="width">Width of the output, 1 or more.</param>
    /// <param name="interpolation"><c>"bilinear"</c> (default), <c>"nearest"</c>, <c>"bicubic"</c>, <c>"lanczos3"</c> or
    /// <c>"lanczos5"</c>.</param>
    /// <param name="cropToAspectRatio">Whether to crop first so that the aspect ratio is kept; false by default.</param>
    /// <param name="padToAspectRatio">Whether to pad first so that the aspect ratio is kept; false by default. Can't be combined with
    /// cropping.</param>
    /// <param name="fillMode">Fill mode of the border; only <c>"constant"</c> (default) is supported.</param>
    /// <param name="fillValue">Value of the border; 0 by default.</param>
    /// <param name="antialias">Whether to antialias when downsampling; false by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>resizing</c>, <c>resizing_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, a string is unknown, or the arguments can't be combined.</exception>
    public Resizing(
        int height,
        int width,
        string interpolation = "bilinear",
        bool cropToAspectRatio = false,
        bool padToAspectRatio = false,
        string fillMode = "constant",
        double fillValue = 0,
        bool antialias = false,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(dataFormat, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (!ImageResize.Interpolations.Contains(interpolation))
        {
            throw new ArgumentException(
                $"interpolation '{interpolation}' is unknown. {NearestName.Hint(interpolation, ImageResize.Interpolations)}",
                nameof(interpolation));
        }

        if (cropToAspectRatio && padToAspectRatio)
        {
            throw new ArgumentException("Only one of cropToAspectRatio and padToAspectRatio can be true.", nameof(padToAspectRatio));
        }

        if (fillMode != "constant")
        {
            throw new ArgumentException($"fillMode must be 'constant'; got '{fillMode}'.", nameof(fillMode));
        }

        Height = height;
        Width = width;
        this.interpolation = interpolation;
        this.cropToAspectRatio = cropToAspectRatio;
        this.padToAspectRatio = padToAspectRatio;
        this.fillMode = fillMode;
        this.fillValue = fillValue;
        this.antialias = antialias;
    }

    /// <summary>Height of the output.</summary>
    public int Height { get; }

    /// <summary>Width of the output.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => WithSize(inputShape, Height, Width);

    internal static Resizing FromConfig(ConfigReader config) => new(
        config.Int("height"),
        config.Int("width"),
        config.OptionalString("interpolation") ?? "bilinear",
        config.Bool("crop_to_aspect_ratio", false),
        config.Bool("pad_to_aspect_ratio", false),
        config.OptionalString("fill_mode") ?? "constant",
        config.Double("fill_value", 0),
        config.Bool("antialias", false),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor images = SpatialAxes.ToChannelsFirst(ToFloat(x), DataFormat);
        if (cropToAspectRatio)
        {
            images = ImageResize.CropToProportions(images, Height, Width);
        }
        else if (padToAspectRatio)
        {
            images = ImageResize.PadToProportions(images, Height, Width, fillValue);
        }

        Tensor resized = SpatialAxes.FromChannelsFirst(ImageResize.Resize(images, Height, Width, interpolation, antialias), DataFormat);
        return x.is_floating_point() ? resized : resized.round();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["height"] = Height;
        config["width"] = Width;
        config["interpolation"] = interpolation;
        config["crop_to_aspect_ratio"] = cropToAspectRatio;
        config["pad_to_aspect_ratio"] = padToAspectRatio;
        config["fill_mode"] = fillMode;
        config["fill_value"] = fillValue;
        config["antialias"] = antialias;
        base.WriteConfig(config);
    }
}
