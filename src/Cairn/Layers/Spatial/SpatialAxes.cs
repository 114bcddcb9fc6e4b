using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Shared arithmetic of layers over one, two or three axes: sizes, padding and axis order.</summary>
internal static class SpatialAxes
{
    public static string ToKeras(this DataFormat format) => format == DataFormat.ChannelsLast ? "channels_last" : "channels_first";

    public static long[] Axes(this Size2D size) => [size.Height, size.Width];

    public static long[] Axes(this Size3D size) => [size.Depth, size.Height, size.Width];

    public static JsonArray ToJson(this long[] sizes) => [.. sizes.Select(size => (JsonNode?)JsonValue.Create(size))];

    /// <summary>Formats the value as a Python tuple.</summary>
    public static string Text(long[] sizes) => ((Shape)sizes).ToString();

    public static long[] AtLeastOne(long[] sizes, string argument) => sizes.All(size => size >= 1)
        ? sizes
        : throw new ArgumentOutOfRangeException(argument, string.Join(", ", sizes), $"{argument} must be 1 or more along every axis.");

    /// <summary>How messages describe samples with this many spatial axes.</summary>
    public static string Expected(int rank) => $"{Noun(rank)} of rank {rank + 2}, batch included";

    public static string Noun(int rank) => rank switch { 1 => "sequences", 2 => "images", _ => "volumes" };

    /// <summary>The number of windows that fit along an axis.</summary>
    public static long OutputLength(long length, long window, long stride, Padding padding, long dilation = 1)
    {
        if (length == Shape.None)
        {
            return Shape.None;
        }

        long reach = ((window - 1) * dilation) + 1;
        if (padding != Padding.Valid)
        {
            return (length + stride - 1) / stride;
        }

        return length < reach ? 0 : ((length - reach) / stride) + 1;
    }

    /// <summary>The padding that Keras (and TensorFlow) add before and after an axis for <c>same</c>; an odd element goes after.</summary>
    public static (long Before, long After) SamePadding(long length, long window, long stride, long dilation = 1)
    {
        long reach = ((window - 1) * dilation) + 1;
        long total = Math.Max(0, ((OutputLength(length, window, stride, Padding.Same) - 1) * stride) + reach - length);
        return (total / 2, total - (total / 2));
    }

    /// <summary>The index of the first spatial axis.</summary>
    public static int First(DataFormat format) => format == DataFormat.ChannelsLast ? 1 : 2;

    /// <summary>The samples in libtorch's axis order; a view without a copy for channels-last data.</summary>
    public static Tensor ToChannelsFirst(Tensor x, DataFormat format) => format == DataFormat.ChannelsLast ? x.movedim([-1], [1]) : x;

    /// <summary>The samples back in the model's axis order, again as a view.</summary>
    public static Tensor FromChannelsFirst(Tensor x, DataFormat format) => format == DataFormat.ChannelsLast ? x.movedim([1], [-1]) : x;

    /// <summary>The sizes of the spatial axes.</summary>
    public static long[] Sizes(Shape shape, DataFormat format) =>
        (format == DataFormat.ChannelsLast ? shape[1..^1] : shape[2..]).ToArray();

    public static long Channels(Shape shape, DataFormat format) => format == DataFormat.ChannelsLast ? shape[^1] : shape[1];

    /// <summary>Assembles a shape from its parts.</summary>
    public static Shape Write(long batch, long[] sizes, long channels, DataFormat format) =>
        format == DataFormat.ChannelsLast ? [batch, .. sizes, channels] : [batch, channels, .. sizes];
}
