using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Average pooling over depth, height and width; padding is excluded from the mean. Keras: <c>layers.AveragePooling3D</c>.
/// </summary>
/// <remarks>Input <c>[batch, depth, height, width, channels]</c>; with the default strides each axis shrinks by the pool size.</remarks>
/// <param name="poolSize">Size of the window.</param>
/// <param name="strides">Strides of the window; the pool size by default.</param>
/// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>average_pooling3d</c>, <c>average_pooling3d_1</c>, …</param>
public sealed class AveragePooling3D(
    Size3D poolSize, Size3D? strides = null, Padding padding = default, DataFormat dataFormat = DataFormat.ChannelsLast,
    string? name = null)
    : Pooling(poolSize.Axes(), strides?.Axes(), padding, dataFormat, name)
{
    internal override bool IsMaximum => false;

    internal static AveragePooling3D FromConfig(ConfigReader config) => new(
        LayerRegistry.Size3D(config, "pool_size", 2),
        LayerRegistry.OptionalSize3D(config, "strides"),
        config.Choice("padding", "valid", "valid", "same"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));
}
