using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, applies a random selection of eleven operations to each image. Keras: <c>layers.RandAugment</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class RandAugment : AugmentationLayer
{
    private readonly ValueRange valueRange;
    private readonly int numOps;
    private readonly (double Lower, double Upper) factor;
    private readonly string interpolation;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="numOps">Number of operations applied in sequence; 2 by default.</param>
    /// <param name="factor">Range of the strength of each operation, 0 to 1; one number f means 0 to f.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>rand_augment</c>, <c>rand_augment_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
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
