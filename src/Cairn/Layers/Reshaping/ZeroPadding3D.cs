using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Pads volumes with zeros along depth, height and width. Keras: <c>layers.ZeroPadding3D</c>.</summary>
/// <remarks>Input <c>[batch, depth, height, width, channels]</c>.</remarks>
/// <param name="padding">Number of elements to add, 0 or more: one number for all sides, <c>(depth, height, width)</c>, or a pair for each
/// axis; 1 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>zero_padding3d</c>, <c>zero_padding3d_1</c>, …</param>
public sealed class ZeroPadding3D(Margins3D? padding = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : ZeroPadding((padding ?? 1).Axes, dataFormat, name)
{
    internal static ZeroPadding3D FromConfig(ConfigReader config) =>
        new(Margins3D.Of(Margin.Read(config, "padding", 3, 1)), LayerRegistry.DataFormat(config), config.OptionalString("name"));
}
