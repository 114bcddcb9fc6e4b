using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, keeps only the upper bits of each channel. Keras: <c>layers.RandomPosterization</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomPosterization : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Number of bits to keep, 1 to 8; one number n means 1 to n.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
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

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        // As in Keras, the upper limit is exclusive, unless it equals the lower limit.
        (int least, int most) = ((int)factor.Lower, (int)factor.Upper);
        Tensor bits = least == most
            ? full([1], Held(most), images.dtype, images.device)
            : DrawForEach((least, most), images, context).floor().clamp(Held(least), Held(most - 1));
        Tensor step = Held(8).Minus(bits).exp2();
        Tensor bytes = PixelValues.FromTo(images, valueRange, ValueRange.Bytes).trunc();
        return PixelValues.FromTo((bytes / step).floor() * step, ValueRange.Bytes, valueRange);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = new JsonArray((int)factor.Lower, (int)factor.Upper);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
