using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, changes the saturation of each image. Keras: <c>layers.RandomSaturation</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomSaturation : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the change, -1 to 1; one number f means -f to f.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_saturation</c>, <c>random_saturation_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomSaturation(
        Interval factor,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(-1, 1, nameof(factor));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomSaturation FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor drawn = DrawForEach(factor, images, context).squeeze(-1);
        Tensor change = drawn / (Held(1).Minus(drawn).Plus(Held(1e-7)));
        ValueRange range = valueRange.Sorted;

        // As in Keras 3.16, the saturation, which is between 0 and 1, is clipped to the value range of the pixels.
        return PixelValues.ChangeHsv(
            images, ChannelAxis,
            (hue, saturation, value) => [hue, (saturation * change).clamp(Held(range.Least), Held(range.Greatest)), value]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
