using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Upsamples images by integer factors. Keras: <c>layers.UpSampling2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>, output the same with height and width multiplied by the factors.</remarks>
public sealed class UpSampling2D : UpSampling
{
    private readonly Size2D size;
    private readonly string interpolation;

    /// <summary>Creates the layer.</summary>
    /// <param name="size">The factors, 1 or more; 2 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="interpolation"><c>"nearest"</c> (default), which repeats pixels, <c>"bilinear"</c> or <c>"bicubic"</c>, which
    /// interpolate between pixel centers.</param>
    /// <param name="name">Unique name, or null for <c>up_sampling2d</c>, <c>up_sampling2d_1</c>, …</param>
    /// <exception cref="ArgumentException">A factor is below 1, or the interpolation is unknown.</exception>
    public UpSampling2D(Size2D? size = null, DataFormat dataFormat = DataFormat.ChannelsLast, string interpolation = "nearest",
        string? name = null)
        : base((size ?? 2).Axes(), dataFormat, name)
    {
        if (interpolation is not ("nearest" or "bilinear" or "bicubic"))
        {
            throw new ArgumentException(
                "interpolation must be 'nearest', 'bilinear' or 'bicubic' ('lanczos3' and 'lanczos5' are not supported, as in Keras on "
                + $"PyTorch); got '{interpolation}'.",
                nameof(interpolation));
        }

        this.size = size ?? 2;
        this.interpolation = interpolation;
    }

    internal static UpSampling2D FromConfig(ConfigReader config) => new(
        LayerRegistry.Size(config, "size", 2),
        LayerRegistry.DataFormat(config),
        config.Choice("interpolation", "nearest", "nearest", "bilinear", "bicubic"),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (interpolation == "nearest")
        {
            return base.Call(x, context);
        }

        Tensor image = SpatialAxes.ToChannelsFirst(x, Format);
        InterpolationMode mode = interpolation == "bilinear" ? InterpolationMode.Bilinear : InterpolationMode.Bicubic;
        Tensor y = nn.functional.interpolate(image, [image.shape[2] * size.Height, image.shape[3] * size.Width], mode: mode,
            align_corners: false);
        return SpatialAxes.FromChannelsFirst(y, Format);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["size"] = size.Axes().ToJson();
        config["data_format"] = Format.ToKeras();
        config["interpolation"] = interpolation;
    }
}
