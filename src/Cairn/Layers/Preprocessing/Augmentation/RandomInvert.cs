using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, turns some images into their negatives. Keras: <c>layers.RandomInvert</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> refuses it, since what it
/// does in training is not there yet.
/// </remarks>
public sealed class RandomInvert : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Makes the layer.</summary>
    /// <param name="factor">The share of images that are changed, 0 to 1; 1 by default.</param>
    /// <param name="valueRange">The least and the greatest value of a pixel; 0 to 255 by default.</param>
    /// <param name="seed">Kept for Keras' files.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_invert</c>, <c>random_invert_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or a word is unknown.</exception>
    public RandomInvert(
        Interval? factor = null,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomInvert FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        ValueRange.Read(config),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
