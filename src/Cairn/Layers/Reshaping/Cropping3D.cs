using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Crops volumes along depth, height and width. Keras: <c>layers.Cropping3D</c>.</summary>
/// <remarks>Input <c>[batch, depth, height, width, channels]</c>.</remarks>
/// <param name="cropping">Number of elements to crop, 0 or more: one number for all sides, <c>(depth, height, width)</c>, or a pair for
/// each axis; 1 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>cropping3d</c>, <c>cropping3d_1</c>, …</param>
public sealed class Cropping3D(Margins3D? cropping = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : Cropping((cropping ?? 1).Axes, dataFormat, name)
{
    internal static Cropping3D FromConfig(ConfigReader config) =>
        new(Margins3D.Of(Margin.Read(config, "cropping", 3, 1)), LayerRegistry.DataFormat(config), config.OptionalString("name"));
}
