using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, changes each image by some of eleven ways. Keras: <c>layers.RandAugment</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> refuses it, since what it
/// does in training is not there yet.
/// </remarks>
public sealed class RandAugment : AugmentationLayer
{
    private readonly ValueRange valueRange;
    private readonly int numOps;
    private readonly (double Lower, double Upper) factor;
    private readonly string interpolation;

    /// <summary>Makes the layer.</summary>
    /// <param name="valueRange">The least and the greatest value of a pixel; 0 to 255 by default.</param>
    /// <param name="numOps">How many of the ways are taken one after the other; 2 by default.</param>
    /// <param name="factor">Limits of how strong each is, 0 to 1; one number f means 0 to f.</param>
    /// <param name="interpolation">How a pixel between others is made: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for Keras' files.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="name">Unique name, or null for <c>rand_augment</c>, <c>rand_augment_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or a word is unknown.</exception>
    public RandAugment(
        ValueRange? valueRange = null,
        int numOps = 2,
        Interval? factor = null,
        string interpolation = "bilinear",
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.valueRange = valueRange ?? ValueRange.Bytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(numOps, 1);
        this.numOps = numOps;
        this.factor = (factor ?? 0.5).Limits(0, 1, nameof(factor));
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
    }

    internal static RandAugment FromConfig(ConfigReader config) => new(
        ValueRange.Read(config),
        config.Int("num_ops", 2),
        Interval.ReadOptional(config, "factor"),
        config.OptionalString("interpolation") ?? "bilinear",
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
        config["num_ops"] = numOps;
        config["factor"] = Interval.ToJson(factor);
        config["interpolation"] = interpolation;
        config["seed"] = Seed;
    }
}
