using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, distorts each image elastically. Keras: <c>layers.RandomElasticTransform</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
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
    /// <param name="seed">Kept for compatibility with Keras files.</param>
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
