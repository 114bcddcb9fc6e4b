using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, mixes each image with its gray version. Keras: <c>layers.RandomColorDegeneration</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> refuses it, since what it
/// does in training is not there yet.
/// </remarks>
public sealed class RandomColorDegeneration : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Makes the layer.</summary>
    /// <param name="factor">Limits of the share of gray, -1 to 1; one number f means -f to f.</param>
    /// <param name="valueRange">The least and the greatest value of a pixel; 0 to 255 by default.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="seed">Kept for Keras' files.</param>
    /// <param name="name">Unique name, or null for <c>random_color_degeneration</c>, <c>random_color_degeneration_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or a word is unknown.</exception>
    public RandomColorDegeneration(
        Interval factor,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(-1, 1, nameof(factor));
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
    }

    internal static RandomColorDegeneration FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
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
