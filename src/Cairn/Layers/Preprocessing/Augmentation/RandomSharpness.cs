using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, sharpens or softens each image. Keras: <c>layers.RandomSharpness</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomSharpness : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the change, 0 to 1; 0.5 leaves the image unchanged. One number f means 0 to f.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_sharpness</c>, <c>random_sharpness_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomSharpness(
        Interval factor,
        ValueRange? valueRange = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = factor.Limits(0, 1, nameof(factor));
        this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;
    }

    internal static RandomSharpness FromConfig(ConfigReader config) => new(
        Interval.Read(config, "factor"),
        ValueRange.Read(config),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor kernel = full([1, 1, 3, 3], Held(1 / 13f), images.dtype, images.device);
        kernel[0, 0, 1, 1] = tensor(5 / 13f, images.dtype, images.device);
        Tensor smooth = PixelValues.EachChannel(images, ChannelAxis, kernel);
        Tensor sharpness = DrawForEach(factor, images, context) * Held(2);
        Tensor changed = images.Plus(Held(1).Minus(sharpness) * (smooth - images));
        return changed.clamp(Held(valueRange.Least), Held(valueRange.Greatest));
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
