using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, changes the contrast of each image: <c>(x - mean) · factor + mean</c>, with the mean of each channel. Keras:
/// <c>layers.RandomContrast</c>.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras 3.16, the factor is drawn from 1 to 1 + f for one number f, and
/// from 1 - a to 1 + b for a pair (a, b). See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomContrast : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the contrast change, 0 to 1; see the remarks.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default. The output is clipped to it.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_contrast</c>, <c>random_contrast_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of range.</exception>
    public RandomContrast(
        Interval factor, ValueRange? valueRange = null, long? seed = null, DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(0, 1, nameof(factor));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomContrast FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"), ValueRange.Read(config), config.OptionalLong("seed"), LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor contrast = DrawForEach((1 - factor.Lower, 1 + factor.Upper), images, context);
        Tensor mean = images.mean([HeightAxis], keepdim: true).mean([WidthAxis], keepdim: true);
        return (((images - mean) * contrast).Plus(mean)).clamp(Held(valueRange.Least), Held(valueRange.Greatest));
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
