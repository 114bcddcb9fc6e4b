using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Average pooling to a fixed output size for volumes of any size. Keras: <c>layers.AdaptiveAveragePooling3D</c>.</summary>
/// <remarks>
/// Input <c>[batch, depth, height, width, channels]</c>, output <c>[batch, depth', height', width', channels]</c>; neighboring windows
/// overlap if the sizes do not divide evenly.
/// </remarks>
/// <param name="outputSize">Size of the output along each axis, 1 or more.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>adaptive_average_pooling3d</c>, …</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
public sealed class AdaptiveAveragePooling3D(Size3D outputSize, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : AdaptivePooling(outputSize.Axes(), dataFormat, name)
{
    internal static AdaptiveAveragePooling3D FromConfig(ConfigReader config) =>
        new(LayerRegistry.Size3D(config, "output_size"), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    private protected override Tensor Pool(Tensor x, long[] sizes) => Means(x, sizes);
}
