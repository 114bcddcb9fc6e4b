using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, translates each image. Keras: <c>layers.RandomTranslation</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandomTranslation : AffineAugmentation
{
    private readonly Interval heightFactor;
    private readonly Interval widthFactor;
    private readonly (double Lower, double Upper) heights;
    private readonly (double Lower, double Upper) widths;

    /// <summary>Creates the layer.</summary>
    /// <param name="heightFactor">Range of the vertical shift as a fraction of the height, -1 to 1; one number f means -f to f. Positive
    /// values shift down.</param>
    /// <param name="widthFactor">Range of the horizontal shift as a fraction of the width, -1 to 1; one number f means -f to f. Positive
    /// values shift right.</param>
    /// <param name="fillMode">How to fill pixels outside the image: <c>"reflect"</c> (default), <c>"wrap"</c>, <c>"nearest"</c> or
    /// <c>"constant"</c>.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="fillValue">Value outside the image with <c>"constant"</c>; 0 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_translation</c>, <c>random_translation_1</c>, …</param>
    /// <exception cref="ArgumentException">A factor is out of range, or a string is unknown.</exception>
    public RandomTranslation(
        Interval heightFactor,
        Interval widthFactor,
        string fillMode = "reflect",
        string interpolation = "bilinear",
        long? seed = null,
        double fillValue = 0,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(new AffineSettings(fillMode, interpolation, fillValue, seed), dataFormat, name)
    {
        this.heightFactor = heightFactor;
        this.widthFactor = widthFactor;
        heights = heightFactor.Limits(-1, 1, nameof(heightFactor));
        widths = widthFactor.Limits(-1, 1, nameof(widthFactor));
    }

    internal static RandomTranslation FromConfig(ConfigReader config)
    {
        var settings = AffineSettings.Read(config);
        return new RandomTranslation(
            Interval.Read(config, "height_factor"),
            Interval.Read(config, "width_factor"),
            settings.FillMode,
            settings.Interpolation,
            settings.Seed,
            settings.FillValue,
            LayerRegistry.DataFormat(config),
            config.OptionalString("name"));
    }

    private protected override Tensor[] DrawMatrix(Tensor images, long height, long width, CallContext context)
    {
        Tensor down = Draw(heights, [images.shape[0]], images, context) * Held(height);
        Tensor right = Draw(widths, [images.shape[0]], images, context) * Held(width);
        Tensor one = ones_like(down);
        Tensor none = zeros_like(down);
        return [one, none, -right, none, one, -down];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["height_factor"] = heightFactor.ToJson();
        config["width_factor"] = widthFactor.ToJson();
    }
}
