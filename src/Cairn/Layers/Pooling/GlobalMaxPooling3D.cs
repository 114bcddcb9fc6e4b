using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The maximum of each channel over the whole volume. Keras: <c>layers.GlobalMaxPooling3D</c>.</summary>
/// <remarks>
/// Input <c>[batch, depth, height, width, channels]</c>, output <c>[batch, channels]</c>, or <c>[batch, 1, 1, 1, channels]</c> with
/// <c>keepDims</c>.
/// </remarks>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="keepDims">Whether to keep the pooled axes with size 1; false by default.</param>
/// <param name="name">Unique name, or null for <c>global_max_pooling3d</c>, …</param>
public sealed class GlobalMaxPooling3D(DataFormat dataFormat = DataFormat.ChannelsLast, bool keepDims = false, string? name = null)
    : GlobalPooling(3, dataFormat, keepDims, name)
{
    internal override bool IsMaximum => true;

    internal static GlobalMaxPooling3D FromConfig(ConfigReader config) =>
        new(LayerRegistry.DataFormat(config), config.Bool("keepdims", false), config.OptionalString("name"));
}
