using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The arithmetic that convolution and pooling over two axes share: sizes, padding and the order of the axes.</summary>
internal static class SpatialAxes
{
    public static string ToKeras(this DataFormat format) => format == DataFormat.ChannelsLast ? "channels_last" : "channels_first";

    public static JsonArray ToJson(this Size2D size) => [size.Height, size.Width];

    public static Size2D AtLeastOne(Size2D size, string argument) => size.Height >= 1 && size.Width >= 1
        ? size
        : throw new ArgumentOutOfRangeException(argument, size, $"{argument} must be 1 or more in both directions.");

    /// <summary>The number of windows that fit along an axis.</summary>
    public static long OutputLength(long length, long window, long stride, Padding padding, long dilation = 1)
    {
        if (length == Shape.None) return Shape.None;
        long reach = ((window - 1) * dilation) + 1;
        return padding == Padding.Same ? (length + stride - 1) / stride : ((length - reach) / stride) + 1;
    }

    /// <summary>What Keras (and TensorFlow) add before and after an axis for <c>same</c>; the odd element goes after.</summary>
    public static (long Before, long After) SamePadding(long length, long window, long stride, long dilation = 1)
    {
        long reach = ((window - 1) * dilation) + 1;
        long total = Math.Max(0, ((OutputLength(length, window, stride, Padding.Same) - 1) * stride) + reach - length);
        return (total / 2, total - (total / 2));
    }

    /// <summary>The image in libtorch's order; for channels-last data a view without a copy.</summary>
    public static Tensor ToChannelsFirst(Tensor x, DataFormat format) => format == DataFormat.ChannelsLast ? x.permute(0, 3, 1, 2) : x;

    /// <summary>The image back in the model's order, again as a view.</summary>
    public static Tensor FromChannelsFirst(Tensor x, DataFormat format) => format == DataFormat.ChannelsLast ? x.permute(0, 2, 3, 1) : x;

    /// <summary>Height, width and channels of an image shape.</summary>
    public static (long Height, long Width, long Channels) Read(Shape shape, DataFormat format) =>
        format == DataFormat.ChannelsLast ? (shape[1], shape[2], shape[3]) : (shape[2], shape[3], shape[1]);

    /// <summary>An image shape of its parts.</summary>
    public static Shape Write(long batch, long height, long width, long channels, DataFormat format) =>
        format == DataFormat.ChannelsLast ? [batch, height, width, channels] : [batch, channels, height, width];
}
