using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Crops images along height and width. Keras: <c>layers.Cropping2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>.</remarks>
/// <param name="cropping">Number of elements to crop, 0 or more: one number for all sides, <c>(height, width)</c>, or
/// <c>((top, bottom), (left, right))</c>; 0 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>cropping2d</c>, <c>cropping2d_1</c>, …</param>
public sealed class Cropping2D(Margins2D? cropping = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : Cropping((cropping ?? 0).Axes, dataFormat, name)
{
    internal static Cropping2D FromConfig(ConfigReader config) =>
        new(Margins2D.Of(Margin.Read(config, "cropping", 2, 0)), LayerRegistry.DataFormat(config), config.OptionalString("name"));
}
