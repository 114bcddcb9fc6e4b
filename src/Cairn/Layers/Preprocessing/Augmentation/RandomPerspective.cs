using System.Text.Json.Nodes;
using Cairn.Operations.Definitions;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, applies a random perspective transform to each image. Keras: <c>layers.RandomPerspective</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Each coordinate of the corners is multiplied by a number from
/// <c>1 - scale / 2</c> to <c>1 + scale / 2</c>; as in Keras, the top left corner at (0, 0) stays. See <see cref="AugmentationLayer"/> for
/// the source of the random numbers.
/// </remarks>
public sealed class RandomPerspective : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;
    private readonly double scale;
    private readonly string interpolation;
    private readonly double fillValue;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="scale">Maximum relative shift of the corners, 0 to 1; 1 by default.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="fillValue">Value outside the image; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_perspective</c>, <c>random_perspective_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomPerspective(
        Interval? factor = null,
        double scale = 1,
        string interpolation = "bilinear",
        double fillValue = 0,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
        this.scale = ((Interval)scale).Limits(0, 1, nameof(scale)).Upper;
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
        this.fillValue = fillValue;
    }

    internal static RandomPerspective FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        config.Double("scale", 1),
        config.OptionalString("interpolation") ?? "bilinear",
        config.Double("fill_value", 0),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor chosen = DrawChosen(factor, images, context);
        Tensor shifts = Draw((-0.5 * scale, 0.5 * scale), [images.shape[0], 4, 2], images, context);
        return Transformed(images, chosen, shifts);
    }

    /// <summary>Transforms the chosen images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="chosen">Whether to change each image, <c>[batch, 1, 1, 1]</c>.</param>
    /// <param name="shifts">The relative shifts of the corners' x and y, <c>[batch, 4, 2]</c>.</param>
    internal Tensor Transformed(Tensor images, Tensor chosen, Tensor shifts)
    {
        float right = images.shape[WidthAxis] - 1;
        float bottom = images.shape[HeightAxis] - 1;
        Tensor start = tensor(new float[] { 0, 0, right, 0, 0, bottom, right, bottom }, [1, 4, 2], device: images.device)
            .expand(images.shape[0], 4, 2);
        Tensor end = where(chosen.reshape(-1, 1, 1), start.Plus(start * shifts.to_type(ScalarType.Float32)), start);
        Tensor changed = ImageOperations.ChannelsFirst(images, DataFormat == DataFormat.ChannelsLast,
            x => ImageSampling.Perspective(x, start, end, interpolation == "bilinear", fillValue));
        return where(chosen, changed, images);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["scale"] = scale;
        config["interpolation"] = interpolation;
        config["fill_value"] = fillValue;
        config["seed"] = Seed;
    }
}
