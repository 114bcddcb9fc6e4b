using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Base class of <see cref="RandomRotation"/>, <see cref="RandomZoom"/>, <see cref="RandomTranslation"/> and <see cref="RandomShear"/>.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AffineAugmentation : AugmentationLayer
{
    private protected AffineAugmentation(AffineSettings settings, DataFormat dataFormat, string? name)
        : base(settings.Seed, dataFormat, name) => Settings = settings with
        {
            FillMode = OneOf(settings.FillMode, AffineTransform.FillModes, "fillMode"),
            Interpolation = OneOf(settings.Interpolation, AffineTransform.Interpolations, "interpolation"),
        };

    private protected AffineSettings Settings { get; }

    /// <summary>The six matrix elements of each image, <c>[batch]</c> each; see <see cref="AffineTransform"/>.</summary>
    /// <param name="images">The images, channels last.</param>
    /// <param name="height">Their height.</param>
    /// <param name="width">Their width.</param>
    /// <param name="context">The source of the random numbers.</param>
    private protected abstract Tensor[] DrawMatrix(Tensor images, long height, long width, CallContext context);

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor x = DataFormat == DataFormat.ChannelsLast ? images : images.movedim([1], [-1]);
        Tensor y = AffineTransform.Apply(
            x, DrawMatrix(x, x.shape[1], x.shape[2], context), Settings.Interpolation, Settings.FillMode, Settings.FillValue);
        return DataFormat == DataFormat.ChannelsLast ? y : y.movedim([-1], [1]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        Settings.Write(config);
    }

    /// <summary>Interpolation and fill mode, and Keras' seed.</summary>
    private protected sealed record AffineSettings(string FillMode, string Interpolation, double FillValue, long? Seed)
    {
        public static AffineSettings Read(ConfigReader config) => new(
            config.OptionalString("fill_mode") ?? "reflect",
            config.OptionalString("interpolation") ?? "bilinear",
            config.Double("fill_value", 0),
            config.OptionalLong("seed"));

        public void Write(JsonObject config)
        {
            config["fill_mode"] = FillMode;
            config["interpolation"] = Interpolation;
            config["seed"] = Seed;
            config["fill_value"] = FillValue;
        }
    }
}
