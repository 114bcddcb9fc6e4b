using System.Text.Json.Nodes;
using Cairn.Operations.Definitions;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, distorts each image elastically. Keras: <c>layers.RandomElasticTransform</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Each pixel is moved by smoothed noise (Simard et al., 2003). See
/// <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomElasticTransform : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly (double Lower, double Upper) scale;
    private readonly string interpolation;
    private readonly string fillMode;
    private readonly double fillValue;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="scale">Range of the distortion, 0 to 1; one number s means 0 to s.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="fillMode">How to fill pixels outside the image: <c>"reflect"</c> (default), <c>"wrap"</c>, <c>"nearest"</c>,
    /// <c>"constant"</c> or <c>"mirror"</c>.</param>
    /// <param name="fillValue">Value outside the image with <c>"constant"</c>; 0 by default.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_elastic_transform</c>, <c>random_elastic_transform_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomElasticTransform(
        Interval? factor = null,
        Interval? scale = null,
        string interpolation = "bilinear",
        string fillMode = "reflect",
        double fillValue = 0,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.scale = (scale ?? 1).Limits(0, 1, nameof(scale));
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
        this.fillMode = OneOf(fillMode, [.. AffineTransform.FillModes, "mirror"], nameof(fillMode));
        this.fillValue = fillValue;
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomElasticTransform FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        Interval.ReadOptional(config, "scale"),
        config.OptionalString("interpolation") ?? "bilinear",
        config.OptionalString("fill_mode") ?? "reflect",
        config.Double("fill_value", 0),
        ValueRange.Read(config),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor chosen = DrawChosen(factor, images, context);
        float strength = DrawForAll(scale, 1, images, context).to_type(ScalarType.Float32).item<float>();
        long[] plane = [images.shape[0], images.shape[HeightAxis], images.shape[WidthAxis]];
        return strength == 0 ? images : Distorted(images, chosen, strength, DrawNoise(), DrawNoise());

        Tensor DrawNoise() =>
            context.Draw(plane, sizes => randn(sizes, ScalarType.Float32, images.device, generator: context.Random));
    }

    /// <summary>Distorts the chosen images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="chosen">Whether to change each image, <c>[batch, 1, 1, 1]</c>.</param>
    /// <param name="strength">The distortion, above 0.</param>
    /// <param name="right">Noise for the shifts along the width, <c>[batch, height, width]</c>.</param>
    /// <param name="down">Noise for the shifts along the height, <c>[batch, height, width]</c>.</param>
    internal Tensor Distorted(Tensor images, Tensor chosen, float strength, Tensor right, Tensor down)
    {
        (long height, long width) = (images.shape[HeightAxis], images.shape[WidthAxis]);
        float reach = Math.Max(height, width) * (0.1f * strength);
        float deviation = Math.Min(height, width) * (0.05f * strength);
        Tensor x = arange(Held(0), Held(width), Held(1), ScalarType.Float32, images.device).reshape(1, 1, width).Plus(Shifts(right));
        Tensor y = arange(Held(0), Held(height), Held(1), ScalarType.Float32, images.device).reshape(1, height, 1).Plus(Shifts(down));
        Tensor changed = ImageOperations.ChannelsFirst(images, DataFormat == DataFormat.ChannelsLast,
            channels => ImageSampling.AtPlaces(channels, y, x, interpolation == "bilinear", fillMode, fillValue));
        return where(chosen, changed, images).clamp(Held(valueRange.Least), Held(valueRange.Greatest));

        Tensor Shifts(Tensor noise)
        {
            long size = (long)(6 * deviation) | 1;
            Tensor bell = PixelValues.Bell(size, tensor(deviation, device: images.device));
            Tensor smooth = PixelValues.EachChannel((noise * Held(deviation)).unsqueeze(1), 1, bell.outer(bell).reshape(1, 1, size, size));
            return smooth.squeeze(1) * Held(reach);
        }
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["scale"] = Interval.ToJson(scale);
        config["interpolation"] = interpolation;
        config["fill_mode"] = fillMode;
        config["fill_value"] = fillValue;
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
