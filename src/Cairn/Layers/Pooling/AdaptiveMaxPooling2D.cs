using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Max pooling to a fixed output size for images of any size. Keras: <c>layers.AdaptiveMaxPooling2D</c>.</summary>
/// <remarks>
/// Input <c>[batch, height, width, channels]</c>, output <c>[batch, height', width', channels]</c>; neighboring windows overlap if the
/// sizes do not divide evenly.
/// </remarks>
/// <param name="outputSize">Size of the output along each axis, 1 or more.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>adaptive_max_pooling2d</c>, …</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
public sealed class AdaptiveMaxPooling2D(Size2D outputSize, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : AdaptivePooling(outputSize.Axes(), dataFormat, name)
{
    internal static AdaptiveMaxPooling2D FromConfig(ConfigReader config) =>
        new(LayerRegistry.Size(config, "output_size"), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    private protected override Tensor Pool(Tensor x, long[] sizes) => Maxima(x, sizes);
}
