using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Pads images with zeros along height and width. Keras: <c>layers.ZeroPadding2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>.</remarks>
/// <param name="padding">Number of elements to add, 0 or more: one number for all sides, <c>(height, width)</c>, or
/// <c>((top, bottom), (left, right))</c>; 1 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>zero_padding2d</c>, <c>zero_padding2d_1</c>, …</param>
public sealed class ZeroPadding2D(Margins2D? padding = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : ZeroPadding((padding ?? 1).Axes, dataFormat, name)
{
    internal static ZeroPadding2D FromConfig(ConfigReader config) =>
        new(Margins2D.Of(Margin.Read(config, "padding", 2, 1)), LayerRegistry.DataFormat(config), config.OptionalString("name"));
}
