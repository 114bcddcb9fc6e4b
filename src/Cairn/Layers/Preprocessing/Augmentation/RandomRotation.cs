using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, rotates each image about its center by a random angle. Keras: <c>layers.RandomRotation</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomRotation : AffineAugmentation
{
    private readonly (double Lower, double Upper) factor;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the angle as a fraction of a full turn, -1 to 1; one number f means -f to f. Positive values rotate
    /// counterclockwise.</param>
    /// <param name="fillMode">How to fill pixels outside the image: <c>"reflect"</c> (default), <c>"wrap"</c>, <c>"nearest"</c> or
    /// <c>"constant"</c>.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="fillValue">Value outside the image with <c>"constant"</c>; 0 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_rotation</c>, <c>random_rotation_1</c>, …</param>
    /// <exception cref="ArgumentException">A factor is out of range, or a string is unknown.</exception>
    public RandomRotation(
        Interval factor,
        string fillMode = "reflect",
        string interpolation = "bilinear",
        long? seed = null,
        double fillValue = 0,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(new AffineSettings(fillMode, interpolation, fillValue, seed), dataFormat, name)
    {
        this.factor = factor.Limits(-1, 1, nameof(factor));
    }

    internal static RandomRotation FromConfig(ConfigReader config)
    {
        var settings = AffineSettings.Read(config);
        return new RandomRotation(
            Interval.Read(config, "factor"),
            settings.FillMode,
            settings.Interpolation,
            settings.Seed,
            settings.FillValue,
            LayerRegistry.DataFormat(config),
            config.OptionalString("name"));
    }

    private protected override Tensor[] DrawMatrix(Tensor images, long height, long width, CallContext context)
    {
        Tensor angle = Draw((factor.Lower * 360, factor.Upper * 360), [images.shape[0]], images, context) * Held((float)(Math.PI / 180));
        double centreX = 0.5 * (width - 1);
        double centreY = 0.5 * (height - 1);
        Tensor cos = angle.cos();
        Tensor sin = angle.sin();
        return [cos, -sin, Held(centreX).Minus(Held(centreX) * cos).Plus(Held(centreY) * sin), sin, cos,
            Held(centreY).Minus(Held(centreX) * sin) - (Held(centreY) * cos)];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
    }
}
