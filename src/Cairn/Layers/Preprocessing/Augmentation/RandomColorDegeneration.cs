using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, mixes each image with its grayscale version. Keras: <c>layers.RandomColorDegeneration</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomColorDegeneration : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the fraction of gray, -1 to 1; one number f means -f to f.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_color_degeneration</c>, <c>random_color_degeneration_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
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

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor gray = PixelValues.Gray(images, ChannelAxis);
        Tensor mixed = images.Plus(DrawForEach(factor, images, context) * (gray - images));
        return mixed.clamp(Held(valueRange.Least), Held(valueRange.Greatest));
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
