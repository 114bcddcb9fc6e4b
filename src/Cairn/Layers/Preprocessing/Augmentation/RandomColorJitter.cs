using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, changes brightness, contrast, saturation and hue of each image. Keras: <c>layers.RandomColorJitter</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomColorJitter : AugmentationLayer
{
    private readonly ValueRange valueRange;
    private readonly Interval? brightnessFactor;
    private readonly Interval? contrastFactor;
    private readonly Interval? saturationFactor;
    private readonly Interval? hueFactor;
    private readonly AugmentationLayer[] changes;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="brightnessFactor">Range of the brightness, as in <see cref="RandomBrightness"/>; null (default) for no change.</param>
    /// <param name="contrastFactor">Range of the contrast, as in <see cref="RandomContrast"/>; null (default) for no change.</param>
    /// <param name="saturationFactor">Range of the saturation, as in <see cref="RandomSaturation"/>; null (default) for no change.</param>
    /// <param name="hueFactor">Range of the hue, as in <see cref="RandomHue"/>; null (default) for no change.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_color_jitter</c>, <c>random_color_jitter_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is out of range.</exception>
    public RandomColorJitter(
        ValueRange? valueRange = null,
        Interval? brightnessFactor = null,
        Interval? contrastFactor = null,
        Interval? saturationFactor = null,
        Interval? hueFactor = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.valueRange = valueRange ?? ValueRange.Bytes;
        this.brightnessFactor = brightnessFactor;
        this.contrastFactor = contrastFactor;
        this.saturationFactor = saturationFactor;
        this.hueFactor = hueFactor;
        var layers = new List<AugmentationLayer>();
        if (brightnessFactor is { } brightness)
        {
            layers.Add(new RandomBrightness(brightness, this.valueRange, seed, dataFormat));
        }

        if (contrastFactor is { } contrast)
        {
            layers.Add(new RandomContrast(contrast, this.valueRange, seed, dataFormat));
        }

        if (saturationFactor is { } saturation)
        {
            layers.Add(new RandomSaturation(saturation, this.valueRange, dataFormat, seed));
        }

        if (hueFactor is { } hue)
        {
            layers.Add(new RandomHue(hue, this.valueRange, dataFormat, seed));
        }

        changes = [.. layers];
    }

    internal static RandomColorJitter FromConfig(ConfigReader config) => new(
        ValueRange.Read(config),
        Interval.ReadOptional(config, "brightness_factor"),
        Interval.ReadOptional(config, "contrast_factor"),
        Interval.ReadOptional(config, "saturation_factor"),
        Interval.ReadOptional(config, "hue_factor"),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context) =>
        changes.Aggregate(images, (changed, layer) => layer.Augment(changed, context));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
        config["brightness_factor"] = brightnessFactor?.ToJson();
        config["contrast_factor"] = contrastFactor?.ToJson();
        config["saturation_factor"] = saturationFactor?.ToJson();
        config["hue_factor"] = hueFactor?.ToJson();
        config["seed"] = Seed;
    }
}
