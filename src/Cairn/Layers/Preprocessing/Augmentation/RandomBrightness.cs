using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, changes the brightness of each image by adding a random value to all its pixels. Keras: <c>layers.RandomBrightness</c>.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomBrightness : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the added value, as a fraction of the value range, -1 to 1; one number f means -f to f.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default. The output is clipped to it.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_brightness</c>, <c>random_brightness_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of range.</exception>
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

    internal override Tensor Augment(Tensor images, CallContext context) =>
        images.Plus(DrawForEach(factor, images, context) * Held(valueRange.Width)).clamp(Held(valueRange.Least), Held(valueRange.Greatest));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
