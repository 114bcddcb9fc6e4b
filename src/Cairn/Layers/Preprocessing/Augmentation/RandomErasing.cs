using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, erases a rectangle of each image. Keras: <c>layers.RandomErasing</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomErasing : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly (double Lower, double Upper) scale;
    private readonly double? fillValue;
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="scale">Range of the rectangle's size as a fraction of the image, 0 to 1.</param>
    /// <param name="fillValue">Value in the rectangle; null (default) for noise.</param>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_erasing</c>, <c>random_erasing_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomErasing(
        Interval? factor = null,
        Interval? scale = null,
        double? fillValue = null,
        ValueRange? valueRange = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.scale = (scale ?? (0.02, 0.33)).Limits(0, 1, nameof(scale));
        this.fillValue = fillValue;
        this.valueRange = valueRange ?? ValueRange.Bytes;
    }

    internal static RandomErasing FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        Interval.ReadOptional(config, "scale"),
        config.OptionalDouble("fill_value"),
        ValueRange.Read(config),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor rows = Inside(HeightAxis, images, context);
        Tensor columns = Inside(WidthAxis, images, context);
        Tensor chosen = DrawChosen(factor, images, context);
        Tensor fill = fillValue is { } number
            ? full_like(images, Held(number))
            : context.Draw(images.shape, shape => randn(shape, images.dtype, images.device, generator: context.Random))
            * Held(valueRange.Greatest);
        fill = fill.clamp(Held(valueRange.Least), Held(valueRange.Greatest));
        return where(chosen.logical_and(rows).logical_and(columns), fill, images);
    }

    // One side of the rectangle, from the drawn fraction of the area, at a random position in the image.
    private Tensor Inside(int axis, Tensor images, CallContext context)
    {
        long size = images.shape[axis];
        Tensor length = DrawForEach(scale, images, context).sqrt() * Held(size);
        Tensor start = DrawForEach((0, 1), images, context) * Held(size).Minus(length);
        long[] shape = [1, 1, 1, 1];
        shape[axis] = size;
        Tensor at = arange(Held(0), Held(size), Held(1), images.dtype, images.device).reshape(shape);
        return at.ge(start).logical_and(at.lt(start.Plus(length)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["scale"] = Interval.ToJson(scale);
        config["fill_value"] = fillValue;
        config["value_range"] = valueRange.ToJson();
        config["seed"] = Seed;
    }
}
