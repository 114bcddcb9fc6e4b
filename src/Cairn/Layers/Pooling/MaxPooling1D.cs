using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Max pooling over the steps of sequences. Keras: <c>layers.MaxPooling1D</c>.</summary>
/// <remarks>Input <c>[batch, steps, channels]</c>; with the default strides each axis shrinks by the pool size.</remarks>
/// <param name="poolSize">Size of the window; 2 by default.</param>
/// <param name="strides">Strides of the window; the pool size by default.</param>
/// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>max_pooling1d</c>, <c>max_pooling1d_1</c>, …</param>
public sealed class MaxPooling1D(
    int poolSize = 2, int? strides = null, Padding padding = default, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : Pooling([poolSize], strides is { } steps ? [steps] : null, padding, dataFormat, name)
{
    internal override bool IsMaximum => true;

    internal static MaxPooling1D FromConfig(ConfigReader config) => new(
        (int)config.Sizes("pool_size", 1, [2])[0],
        config.Has("strides") ? (int)config.Sizes("strides", 1)[0] : null,
        config.Choice("padding", "valid", "valid", "same"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));
}
