using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Stretches the values of each channel of each image to the full value range. Keras: <c>layers.AutoContrast</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras, the second and third axes are treated as height and width in any
/// data format.
/// </remarks>
public sealed class AutoContrast : ImageLayer
{
    private readonly ValueRange valueRange;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>auto_contrast</c>, <c>auto_contrast_1</c>, …</param>
    public AutoContrast(ValueRange? valueRange = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
        : base(dataFormat, name) => this.valueRange = (valueRange ?? ValueRange.Bytes).Sorted;

    internal static AutoContrast FromConfig(ConfigReader config) =>
        new(ValueRange.Read(config), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor given = ToFloat(x);
        Tensor images = PixelValues.FromTo(given, valueRange, ValueRange.Bytes);
        Tensor low = images.amin([1, 2], keepdim: true);
        Tensor scale = Held(255) / (images.amax([1, 2], keepdim: true) - low);
        Tensor stretched = PixelValues.FromTo(((images * scale) - (low * scale)).clamp(Held(0), Held(255)), ValueRange.Bytes, valueRange);

        // If all values are equal, there is nothing to stretch.
        return where(stretched.isnan(), given, stretched);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
    }
}
