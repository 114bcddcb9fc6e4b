using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, adds a number to all pixels of an image, drawn for each image. Keras: <c>layers.RandomBrightness</c>.</summary>
/// <remarks>Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for where the random numbers come from.</remarks>
public sealed class RandomBrightness : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Makes the layer.</summary>
    /// <param name="factor">Limits of what is added as a share of the value range, -1 to 1; one number f means -f to f.</param>
    /// <param name="valueRange">The least and the greatest value of a pixel; 0 to 255 by default. What comes out is clipped to it.</param>
    /// <param name="seed">Kept for Keras' files; the random numbers follow from the run's seed.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_brightness</c>, <c>random_brightness_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of its range.</exception>
    public RandomBrightness(
        Interval factor, ValueRange? valueRange = null, long? seed = null, DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(-1, 1, nameof(factor));
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
    }

    internal static RandomBrightness FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"), ValueRange.Read(config), config.OptionalLong("seed"), LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    private protected override Tensor Augment(Tensor images, CallContext context) =>
        (images + (DrawForEach(factor, images, context) * valueRange.Width)).clamp(Held(valueRange.Least), Held(valueRange.Greatest));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
