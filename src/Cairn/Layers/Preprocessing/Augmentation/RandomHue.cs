using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, shifts the hue of each image. Keras: <c>layers.RandomHue</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomHue : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the shift, 0 to 1; one number f means 0 to f.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_hue</c>, <c>random_hue_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomHue(
        Interval factor,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(0, 1, nameof(factor));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomHue FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor shift = (DrawForEach(factor, images, context) * DrawSign(images, context) * Held(0.5)).squeeze(-1);
        var unit = new ValueRange(0, 1);
        Tensor changed = PixelValues.ChangeHsv(PixelValues.FromTo(images, valueRange, unit), ChannelAxis, (hue, saturation, value) =>
        {
            Tensor moved = hue.Plus(shift);
            moved = where(moved.gt(Held(1)), moved - Held(1), moved);
            return [where(moved.lt(Held(0)), moved.Plus(Held(1)), moved), saturation, value];
        });
        return PixelValues.FromTo(changed.clamp(Held(0), Held(1)), unit, valueRange);
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
