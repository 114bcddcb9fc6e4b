using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Pads sequences with zeros at the start and end. Keras: <c>layers.ZeroPadding1D</c>.</summary>
/// <remarks>Input <c>[batch, steps, channels]</c>.</remarks>
/// <param name="padding">Number of steps to add, 0 or more: one number for both ends, or <c>(before, after)</c>; 1 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>zero_padding1d</c>, <c>zero_padding1d_1</c>, …</param>
public sealed class ZeroPadding1D(Margin? padding = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : ZeroPadding([padding ?? 1], dataFormat, name)
{
    internal static ZeroPadding1D FromConfig(ConfigReader config) =>
        new(Margin.Read(config, "padding", 1, 1)[0], LayerRegistry.DataFormat(config), config.OptionalString("name"));
}
