using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, zooms each image in or out about its center. Keras: <c>layers.RandomZoom</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. See <see cref="AugmentationLayer"/> for the source of the random numbers. A
/// factor of -0.2 zooms in to 80 % of the image; a factor of 0.2 zooms out.
/// </remarks>
public sealed class RandomZoom : AffineAugmentation
{
    // Zooming in to 0 % of the image would leave nothing.
    private const double JustAboveMinusOne = -1 + 1e-12;

    private readonly Interval heightFactor;
    private readonly Interval? widthFactor;
    private readonly (double Lower, double Upper) heights;
    private readonly (double Lower, double Upper) widths;

    /// <summary>Creates the layer.</summary>
    /// <param name="heightFactor">Range of the relative change in height, above -1 and at most 1; one number f means -f to f.</param>
    /// <param name="widthFactor">Range of the relative change in width; null (default) keeps the aspect ratio.</param>
    /// <param name="fillMode">How to fill pixels outside the image: <c>"reflect"</c> (default), <c>"wrap"</c>, <c>"nearest"</c> or
    /// <c>"constant"</c>.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="fillValue">Value outside the image with <c>"constant"</c>; 0 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>random_zoom</c>, <c>random_zoom_1</c>, …</param>
    /// <exception cref="ArgumentException">A factor is out of range, or a string is unknown.</exception>
    public RandomZoom(
        Interval heightFactor,
        Interval? widthFactor = null,
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
        heights = heightFactor.Limits(JustAboveMinusOne, 1, nameof(heightFactor));
        widths = widthFactor?.Limits(JustAboveMinusOne, 1, nameof(widthFactor)) ?? heights;
    }

    internal static RandomZoom FromConfig(ConfigReader config)
    {
        var settings = AffineSettings.Read(config);
        return new RandomZoom(
            Interval.Read(config, "height_factor"),
            Interval.ReadOptional(config, "width_factor"),
            settings.FillMode,
            settings.Interpolation,
            settings.Seed,
            settings.FillValue,
            LayerRegistry.DataFormat(config),
            config.OptionalString("name"));
    }

    private protected override Tensor[] DrawMatrix(Tensor images, long height, long width, CallContext context)
    {
        Tensor rows = Draw((1 + heights.Lower, 1 + heights.Upper), [images.shape[0]], images, context);
        Tensor columns = widthFactor is null ? rows : Draw((1 + widths.Lower, 1 + widths.Upper), [images.shape[0]], images, context);
        Tensor none = zeros_like(rows);
        return
        [
            columns, none, Held((width - 1.0) / 2) * Held(1).Minus(columns), none, rows, Held((height - 1.0) / 2) * Held(1).Minus(rows),
        ];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["height_factor"] = heightFactor.ToJson();
        config["width_factor"] = widthFactor?.ToJson();
    }
}
