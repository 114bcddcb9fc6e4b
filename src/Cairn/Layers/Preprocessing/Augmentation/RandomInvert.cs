using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, inverts the colors of some images. Keras: <c>layers.RandomInvert</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomInvert : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_invert</c>, <c>random_invert_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomInvert(
        Interval? factor = null,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomInvert FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        ValueRange.Read(config),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context) =>
        where(DrawChosen(factor, images, context), Held(valueRange.Greatest).Minus(images), images);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
