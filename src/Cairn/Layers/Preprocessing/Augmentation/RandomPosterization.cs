using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, keeps only the upper bits of each channel. Keras: <c>layers.RandomPosterization</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class RandomPosterization : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Number of bits to keep, 1 to 8; one number n means 1 to n.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="name">Unique name, or null for <c>random_posterization</c>, <c>random_posterization_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomPosterization(
        Interval factor,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(1, 8, nameof(factor));
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
    }

    internal static RandomPosterization FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = new JsonArray((int)factor.Lower, (int)factor.Upper);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
