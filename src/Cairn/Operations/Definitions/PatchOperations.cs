using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Extraction and reconstruction of image patches.</summary>
internal static class PatchOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("nn", "Unfold", "kernel_size, dilation=1, padding=0, stride=1", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            (long, long) kernel = Two(a, "kernel_size");
            (long, long) dilation = Two(a, "dilation");
            (long, long) padding = Two(a, "padding");
            (long, long) stride = Two(a, "stride");
            return t => [nn.functional.unfold(x.Of(t), kernel, dilation, padding, stride)];
        }),
        new("nn", "Fold", "output_size, kernel_size, dilation=1, padding=0, stride=1", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            (long, long) output = Two(a, "output_size");
            (long, long) kernel = Two(a, "kernel_size");
            (long, long) dilation = Two(a, "dilation");
            (long, long) padding = Two(a, "padding");
            (long, long) stride = Two(a, "stride");
            return t => [nn.functional.fold(x.Of(t), output, kernel, dilation, padding, stride)];
        }),
        new("nn", "DepthToSpace", "block_size, data_format='channels_last'", "x", a => Blocks(a, DepthToSpace)),
        new("nn", "SpaceToDepth", "block_size, data_format='channels_last'", "x", a => Blocks(a, SpaceToDepth)),
        new("image", "ExtractPatches", "size, strides=None, dilation_rate=1, padding='valid', data_format=None", "images", a =>
        {
            OperationSource x = a.Tensor("images");
            long[] size = a.Value("size") is JsonArray ? a.Sizes("size") : a.Sizes("size", 2);
            long[] strides = a.Axes("strides") ?? size;
            var window = new WindowSettings(a.With("strides", strides));
            bool last = WindowSettings.IsChannelsLast(a);
            return t => [Batched(x.Of(t), size.Length, given =>
            {
                long channels = last ? given.shape[^1] : given.shape[1];
                long count = size.Aggregate(channels, (product, side) => product * side);
                return window.Convolve(given, eye(count, count, given.dtype, given.device).reshape([.. size, channels, count]));
            })];
        }),
        new("image", "ReconstructPatches", "size, output_size, strides=None, padding='valid', data_format=None", "patches", a =>
        {
            OperationSource x = a.Tensor("patches");
            long[] size = a.Value("size") is JsonArray ? a.Sizes("size") : a.Sizes("size", 2);
            long[] output = a.Sizes("output_size", size.Length);
            bool same = a.Choice("padding", "valid", "same") == "same";
            bool last = WindowSettings.IsChannelsLast(a);
            if (a.Axes("strides") is { } strides
                && !(strides.Length == 1 ? strides.All(s => size.All(side => side == s)) : strides.SequenceEqual(size)))
            {
                throw a.Wrong("strides", "the patch size (overlapping patches can't be reconstructed)");
            }

            return t => [
                Batched(x.Of(t), size.Length, given => Joined(last ? given : given.movedim([1], [-1]), size, output, same) is var image
                    && last ? image : image.movedim([-1], [1]))];
        }),
    ];

    private static (long, long) Two(OperationArguments a, string name) => a.Sizes(name, 2) is var sizes ? (sizes[0], sizes[1]) : default;

    private static Tensor Batched(Tensor x, int spatial, Func<Tensor, Tensor> function) =>
        x.dim() == spatial + 1 ? function(x.unsqueeze(0)).squeeze(0) : function(x);

    private static Tensor Joined(Tensor patches, long[] size, long[] output, bool same)
    {
        int rank = size.Length;
        long[] grid = patches.shape[1..(rank + 1)];
        long channels = patches.shape[^1] / size.Aggregate(1L, (product, side) => product * side);
        Tensor apart = patches.reshape([patches.shape[0], .. grid, .. size, channels]);
        long[] order = [0, .. Enumerable.Range(0, rank).SelectMany(axis => new long[] { axis + 1, axis + 1 + rank }), (2 * rank) + 1];
        Tensor whole = apart.permute(order).reshape([patches.shape[0], .. grid.Select((count, axis) => count * size[axis]), channels]);
        for (int axis = 0; axis < rank; axis++)
        {
            long extra = whole.shape[axis + 1] - output[axis];
            if (extra < 0 || (extra > 0 && !same))
            {
                throw new ArgumentException($"the patches give {whole.shape[axis + 1]} rows or columns, not {output[axis]}");
            }

            whole = whole.narrow(axis + 1, extra / 2, output[axis]);
        }

        return whole;
    }

    private static Func<Tensor[], Tensor[]> Blocks(OperationArguments a, Func<Tensor, long, Tensor> function)
    {
        OperationSource x = a.Tensor("x");
        long size = a.Long("block_size");
        bool last = WindowSettings.IsChannelsLast(a);
        return t => [last ? function(x.Of(t), size) : ChannelsFirst(x.Of(t), size, function)];
    }

    // With channels first, the channels of one position in the block are not adjacent.
    private static Tensor ChannelsFirst(Tensor x, long size, Func<Tensor, long, Tensor> function)
    {
        bool spread = function == DepthToSpace;
        long channels = spread ? x.shape[1] / (size * size) : x.shape[1];
        Tensor ordered = spread ? x.reshape(x.shape[0], channels, size * size, x.shape[2], x.shape[3]).transpose(1, 2).reshape(x.shape) : x;
        Tensor y = function(ordered.permute(0, 2, 3, 1), size).permute(0, 3, 1, 2);
        return spread ? y : y.reshape(y.shape[0], size * size, channels, y.shape[2], y.shape[3]).transpose(1, 2).reshape(y.shape);
    }

    private static Tensor DepthToSpace(Tensor x, long size)
    {
        (long n, long h, long w, long c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3] / (size * size));
        return x.reshape(n, h, w, size, size, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h * size, w * size, c);
    }

    private static Tensor SpaceToDepth(Tensor x, long size)
    {
        (long n, long h, long w, long c) = (x.shape[0], x.shape[1] / size, x.shape[2] / size, x.shape[3]);
        return x.reshape(n, h, size, w, size, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h, w, c * size * size);
    }
}
