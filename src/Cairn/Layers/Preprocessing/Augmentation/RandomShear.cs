using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, shears each image along both axes. Keras: <c>layers.RandomShear</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. The shear of half of the images is inverted along both axes. See
/// <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomShear : AffineAugmentation
{
    private readonly (double Lower, double Upper) xFactor;
    private readonly (double Lower, double Upper) yFactor;

    /// <summary>Creates the layer.</summary>
    /// <param name="xFactor">Range of the horizontal shear, 0 to 1; one number f means -f to f.</param>
    /// <param name="yFactor">Range of the vertical shear, 0 to 1; one number f means -f to f.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="fillMode">How to fill pixels outside the image: <c>"reflect"</c> (default), <c>"wrap"</c>, <c>"nearest"</c> or
    /// <c>"constant"</c>.</param>
    /// <param name="fillValue">Value outside the image with <c>"constant"</c>; 0 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>random_shear</c>, <c>random_shear_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandomShear(
        Interval? xFactor = null,
        Interval? yFactor = null,
        string interpolation = "bilinear",
        string fillMode = "reflect",
        double fillValue = 0,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(new AffineSettings(fillMode, interpolation, fillValue, seed), dataFormat, name)
    {
        this.xFactor = (xFactor ?? 0).Limits(-1, 1, nameof(xFactor));
        this.yFactor = (yFactor ?? 0).Limits(-1, 1, nameof(yFactor));
    }

    internal static RandomShear FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "x_factor"),
        Interval.ReadOptional(config, "y_factor"),
        config.OptionalString("interpolation") ?? "bilinear",
        config.OptionalString("fill_mode") ?? "reflect",
        config.Double("fill_value", 0),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    private protected override Tensor[] DrawMatrix(Tensor images, long height, long width, CallContext context)
    {
        long[] one = [images.shape[0]];
        Tensor sign = DrawSign(images, context).flatten();
        Tensor x = Draw(xFactor, one, images, context) * sign;
        Tensor y = Draw(yFactor, one, images, context) * sign;
        Tensor ones = ones_like(x);
        Tensor zeros = zeros_like(x);
        return [ones, x, zeros, y, ones, zeros];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["x_factor"] = Interval.ToJson(xFactor);
        config["y_factor"] = Interval.ToJson(yFactor);
    }
}
