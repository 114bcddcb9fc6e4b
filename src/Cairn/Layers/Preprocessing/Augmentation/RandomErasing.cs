using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, erases a rectangle of each image. Keras: <c>layers.RandomErasing</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class RandomErasing : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly (double Lower, double Upper) scale;
    private readonly double? fillValue;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="scale">Range of the rectangle's size as a fraction of the image, 0 to 1.</param>
    /// <param name="fillValue">Value in the rectangle; null (default) for noise.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_erasing</c>, <c>random_erasing_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomErasing(
        Interval? factor = null,
        Interval? scale = null,
        double? fillValue = null,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.scale = (scale ?? (0.02, 0.33)).Limits(0, 1, nameof(scale));
        this.fillValue = fillValue;
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomErasing FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        Interval.ReadOptional(config, "scale"),
        config.OptionalDouble("fill_value"),
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
        config["fill_value"] = fillValue;
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
