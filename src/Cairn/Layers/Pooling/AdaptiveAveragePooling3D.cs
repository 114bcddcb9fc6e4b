using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The mean of each channel over as many windows as are asked for, whatever the size of the volumes. Keras: <c>layers.AdaptiveAveragePooling3D</c>.</summary>
/// <remarks>Input <c>[batch, depth, height, width, channels]</c>, output <c>[batch, depth', height', width', channels]</c>; neighbouring windows overlap where the sizes do not divide evenly.</remarks>
/// <param name="outputSize">The number of windows along each axis, 1 or more.</param>
/// <param name="dataFormat">Where the channels are; last by default.</param>
/// <param name="name">Unique name, or null for <c>adaptive_average_pooling3d</c>, …</param>
/// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
public sealed class AdaptiveAveragePooling3D(Size3D outputSize, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : AdaptivePooling(outputSize.Axes(), dataFormat, name)
{
    internal static AdaptiveAveragePooling3D FromConfig(ConfigReader config) =>
        new(LayerRegistry.Size3D(config, "output_size"), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    private protected override Tensor Pool(Tensor window, long axis) => window.mean([axis]);
}
