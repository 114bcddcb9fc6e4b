using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Max pooling over height and width. Keras: <c>layers.MaxPooling2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>; with the default strides each axis shrinks by the pool size.</remarks>
/// <param name="poolSize">Size of the window; 2 by default.</param>
/// <param name="strides">Strides of the window; the pool size by default.</param>
/// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>max_pooling2d</c>, <c>max_pooling2d_1</c>, …</param>
public sealed class MaxPooling2D(
    Size2D? poolSize = null, Size2D? strides = null, Padding padding = default, DataFormat dataFormat = DataFormat.ChannelsLast,
    string? name = null)
    : Pooling2D(poolSize ?? 2, strides, padding, dataFormat, name)
{
    internal override bool IsMaximum => true;

    internal static MaxPooling2D FromConfig(ConfigReader config) => new(
        LayerRegistry.Size(config, "pool_size", 2),
        LayerRegistry.OptionalSize(config, "strides"),
        config.Choice("padding", "valid", "valid", "same"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));
}
