using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The mean of each window over height and width; padding does not count. Keras: <c>layers.AveragePooling2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>; with the default strides each axis shrinks by the pool size.</remarks>
/// <param name="poolSize">Size of the window; 2 by default.</param>
/// <param name="strides">Steps of the window; the pool size by default.</param>
/// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
/// <param name="dataFormat">Where the channels are; last by default.</param>
/// <param name="name">Unique name, or null for <c>average_pooling2d</c>, <c>average_pooling2d_1</c>, …</param>
public sealed class AveragePooling2D(
    Size2D? poolSize = null, Size2D? strides = null, Padding padding = default, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : Pooling2D(poolSize ?? 2, strides, padding, dataFormat, name)
{
    internal static AveragePooling2D FromConfig(ConfigReader config) => new(
        LayerRegistry.Size(config, "pool_size", 2),
        LayerRegistry.OptionalSize(config, "strides"),
        config.Choice("padding", "valid", "valid", "same"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    private protected override Tensor Pool(Tensor image, long[] window, long[] strides, long[] padding)
    {
        if (padding.All(p => p == 0)) return nn.functional.avg_pool2d(image, window, strides);

        // The mean over the real elements is the mean over all, divided by the share of real ones.
        Tensor sums = nn.functional.avg_pool2d(nn.functional.pad(image, padding), window, strides);
        using var _ = no_grad();
        Tensor real = ones([1, 1, image.shape[2], image.shape[3]], image.dtype, image.device);
        Tensor share = nn.functional.avg_pool2d(nn.functional.pad(real, padding), window, strides);
        using var grad = enable_grad(sums.requires_grad);
        return sums / share;
    }
}
