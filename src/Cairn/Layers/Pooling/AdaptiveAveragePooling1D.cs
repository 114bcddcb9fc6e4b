using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Average pooling to a fixed output size for sequences of any length. Keras: <c>layers.AdaptiveAveragePooling1D</c>.</summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, outputSize, channels]</c>; neighboring windows overlap if the sizes do not
/// divide evenly.
/// </remarks>
/// <param name="outputSize">Size of the output along each axis, 1 or more.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>adaptive_average_pooling1d</c>, …</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
public sealed class AdaptiveAveragePooling1D(int outputSize, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : AdaptivePooling([outputSize], dataFormat, name)
{
    internal static AdaptiveAveragePooling1D FromConfig(ConfigReader config) =>
        new((int)config.Sizes("output_size", 1)[0], LayerRegistry.DataFormat(config), config.OptionalString("name"));

    private protected override Tensor Pool(Tensor x, long[] sizes) => Means(x, sizes);
}
