using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, adds a value to all pixels of an image and inverts those above a threshold. Keras: <c>layers.Solarization</c>.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class Solarization : AugmentationLayer
{
    private readonly (double Lower, double Upper) additionFactor;
    private readonly (double Lower, double Upper) thresholdFactor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="additionFactor">Range of the added value as a fraction of the value range, 0 to 1; one number f means 0 to f; 0 by
    /// default.</param>
    /// <param name="thresholdFactor">Range of the threshold as a fraction of the value range, 0 to 1; one number f means 0 to f; 0 by
    /// default.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>solarization</c>, <c>solarization_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is out of range.</exception>
    public Solarization(
        Interval? additionFactor = null,
        Interval? thresholdFactor = null,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.additionFactor = (additionFactor ?? 0).Limits(0, 1, nameof(additionFactor));
        this.thresholdFactor = (thresholdFactor ?? 0).Limits(0, 1, nameof(thresholdFactor));
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
    }

    internal static Solarization FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "addition_factor"),
        Interval.ReadOptional(config, "threshold_factor"),
        ValueRange.Read(config),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        // As in Keras 3.16, only the upper limits are scaled to the byte range.
        Tensor additions = DrawForEach((additionFactor.Lower, additionFactor.Upper * 255), images, context);
        Tensor thresholds = DrawForEach((thresholdFactor.Lower, thresholdFactor.Upper * 255), images, context);
        Tensor bytes = PixelValues.FromTo(images, valueRange, ValueRange.Bytes).Plus(additions).clamp(Held(0), Held(255));
        return PixelValues.FromTo(where(bytes.lt(thresholds), bytes, Held(255).Minus(bytes)), ValueRange.Bytes, valueRange);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
        config["addition_factor"] = Interval.ToJson(additionFactor);
        config["threshold_factor"] = Interval.ToJson(thresholdFactor);
        config["seed"] = Seed;
    }
}
