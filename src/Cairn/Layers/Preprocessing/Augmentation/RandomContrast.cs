using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, strengthens or weakens the contrast of each image: <c>(x - mean) · factor + mean</c>, the mean of each channel. Keras: <c>layers.RandomContrast</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras 3.16, one number f draws the factor from 1 to 1 + f, and a pair (a, b) from
/// 1 - a to 1 + b. See <see cref="AugmentationLayer"/> for where the random numbers come from.
/// </remarks>
public sealed class RandomContrast : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Makes the layer.</summary>
    /// <param name="factor">By how much contrast changes, 0 to 1; see the remarks.</param>
    /// <param name="valueRange">The least and the greatest value of a pixel; 0 to 255 by default. What comes out is clipped to it.</param>
    /// <param name="seed">Kept for Keras' files; the random numbers follow from the run's seed.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_contrast</c>, <c>random_contrast_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of its range.</exception>
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

    private protected override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor contrast = DrawForEach((1 - factor.Lower, 1 + factor.Upper), images, context);
        Tensor mean = images.mean([HeightAxis], keepdim: true).mean([WidthAxis], keepdim: true);
        return (((images - mean) * contrast) + mean).clamp(Held(valueRange.Least), Held(valueRange.Greatest));
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
