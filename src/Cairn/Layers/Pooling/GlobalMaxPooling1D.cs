using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The maximum of each channel over all steps. Keras: <c>layers.GlobalMaxPooling1D</c>.</summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, channels]</c>, or <c>[batch, 1, channels]</c> with <c>keepDims</c>.
/// </remarks>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="keepDims">Whether to keep the pooled axes with size 1; false by default.</param>
/// <param name="name">Unique name, or null for <c>global_max_pooling1d</c>, …</param>
public sealed class GlobalMaxPooling1D(DataFormat dataFormat = DataFormat.ChannelsLast, bool keepDims = false, string? name = null)
    : GlobalPooling(1, dataFormat, keepDims, name)
{
    internal override bool IsMaximum => true;

    internal static GlobalMaxPooling1D FromConfig(ConfigReader config) =>
        new(LayerRegistry.DataFormat(config), config.Bool("keepdims", false), config.OptionalString("name"));
}
