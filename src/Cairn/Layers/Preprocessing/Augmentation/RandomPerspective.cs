using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, applies a random perspective transform to each image. Keras: <c>layers.RandomPerspective</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
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
    /// <param name="seed">Kept for compatibility with Keras files.</param>
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
