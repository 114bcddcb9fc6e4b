using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>The settings of a sliding window over the spatial axes.</summary>
internal sealed class WindowSettings
{
    private readonly long[]? size;
    private readonly long[]? strides;
    private readonly long[] dilation;
    private readonly long[]? outputPadding;
    private readonly bool same;
    private readonly bool channelsLast;

    public WindowSettings(OperationArguments a, string? sizeName = null)
    {
        size = sizeName is null ? null : Positive(a.Sizes(sizeName), a, sizeName);
        strides = a.Axes("strides") is { } given ? Positive(given, a, "strides") : null;
        dilation = sizeName is null ? Positive(a.Sizes("dilation_rate"), a, "dilation_rate") : [1];
        outputPadding = a.IsNone("output_padding") ? null : a.Sizes("output_padding");
        same = a.Choice("padding", "valid", "same", "VALID", "SAME") is "same" or "SAME";
        channelsLast = IsChannelsLast(a);
    }

    private WindowSettings(bool channelsLast)
    {
        strides = [1];
        dilation = [1];
        this.channelsLast = channelsLast;
    }

    public static bool IsChannelsLast(OperationArguments a) => a.OptionalString("data_format") switch
    {
        null or "channels_last" => true,
        "channels_first" => false,
        _ => throw a.Wrong("data_format", "'channels_last' or 'channels_first'"),
    };

    /// <summary>A window of size 1 over inputs of the same kind.</summary>
    public WindowSettings Plain() => new(channelsLast);

    /// <summary>Moves the channels to libtorch's position, or back.</summary>
    public static Tensor Swapped(Tensor x, bool channelsLast, bool toFirst) =>
        !channelsLast ? x : toFirst ? x.movedim([-1], [1]) : x.movedim([1], [-1]);

    /// <summary>A convolution with a kernel <c>[…, channels of a group, filters]</c>.</summary>
    public Tensor Convolve(Tensor x, Tensor kernel)
    {
        int rank = (int)x.dim() - 2;
        Tensor first = Swapped(x, channelsLast, toFirst: true);
        Tensor filters = kernel.movedim([-1, -2], [0, 1]);
        long[] step = Each(strides ?? [1], rank);
        long[] rate = Each(dilation, rank);
        if (same)
        {
            first = PaddedSame(first, kernel.shape[..rank], step, rate, 0);
        }

        long inGroup = filters.shape[1];
        if (inGroup == 0 || first.shape[1] % inGroup != 0)
        {
            throw new ArgumentException($"a kernel for {inGroup} channels does not match an input with {first.shape[1]}");
        }

        long groups = first.shape[1] / inGroup;
        Tensor y = SpatialKernels.Convolve(first, filters, null, step, new long[rank], rate, groups);
        return Swapped(y, channelsLast, toFirst: false);
    }

    /// <summary>A transposed convolution with a kernel <c>[…, filters, channels]</c>.</summary>
    public Tensor Transposed(Tensor x, Tensor kernel)
    {
        int rank = (int)x.dim() - 2;
        Tensor first = Swapped(x, channelsLast, toFirst: true);
        Tensor filters = kernel.movedim([-1, -2], [0, 1]);
        long[] step = Each(strides ?? [1], rank);
        long[] rate = Each(dilation, rank);
        Tensor y = SpatialKernels.Transpose(first, filters, step, rate);
        long[] extra = outputPadding is null ? [] : Each(outputPadding, rank);
        for (int axis = 0; axis < rank; axis++)
        {
            // Keras' output lengths: with 'same', the input length times the stride, cropped in the middle.
            long reach = (rate[axis] * (kernel.shape[axis] - 1)) + 1;
            long all = y.shape[axis + 2];
            long cut = same ? extra.Length > 0 ? reach / 2 * 2 : Math.Max(reach - step[axis], 0) : 0;
            long before = same ? extra.Length > 0 ? reach / 2 : cut / 2 : 0;
            long wanted = extra.Length > 0
                ? ((x.shape[channelsLast ? axis + 1 : axis + 2] - 1) * step[axis]) + reach - cut + extra[axis]
                : same ? x.shape[channelsLast ? axis + 1 : axis + 2] * step[axis]
                : Math.Max(all, (x.shape[channelsLast ? axis + 1 : axis + 2] * step[axis]) + Math.Max(reach - step[axis], 0));
            y = y.narrow(axis + 2, before, Math.Min(all - before, wanted));
            if (y.shape[axis + 2] < wanted)
            {
                long[] margin = new long[2 * rank];
                margin[(2 * (rank - 1 - axis)) + 1] = wanted - y.shape[axis + 2];
                y = nn.functional.pad(y, margin);
            }
        }

        return Swapped(y, channelsLast, toFirst: false);
    }

    public Tensor MaxPool(Tensor x)
    {
        int rank = (int)x.dim() - 2;
        Tensor first = Swapped(x, channelsLast, toFirst: true);
        long[] window = Each(size!, rank);
        long[] step = strides is null ? window : Each(strides, rank);
        if (same)
        {
            first = PaddedSame(first, window, step, Each([1], rank), double.NegativeInfinity);
        }

        Tensor y = SpatialKernels.MaxPool(first, window, step);
        return Swapped(y, channelsLast, toFirst: false);
    }

    public Tensor AveragePool(Tensor x)
    {
        int rank = (int)x.dim() - 2;
        Tensor first = Swapped(x, channelsLast, toFirst: true);
        long[] window = Each(size!, rank);
        long[] step = strides is null ? window : Each(strides, rank);
        Tensor y = Mean(same ? PaddedSame(first, window, step, Each([1], rank), 0) : first);
        if (same)
        {
            // Padding is not counted.
            y /= Mean(PaddedSame(ones_like(first), window, step, Each([1], rank), 0));
        }

        return Swapped(y, channelsLast, toFirst: false);

        Tensor Mean(Tensor z) => SpatialKernels.AveragePool(z, window, step);
    }

    private static Tensor PaddedSame(Tensor x, long[] window, long[] step, long[] rate, double value)
    {
        var margins = new List<long>();
        for (int axis = window.Length - 1; axis >= 0; axis--)
        {
            long length = x.shape[axis + 2];
            long outputs = (length + step[axis] - 1) / step[axis];
            long total = Math.Max(0, ((outputs - 1) * step[axis]) + (rate[axis] * (window[axis] - 1)) + 1 - length);
            margins.Add(total / 2);
            margins.Add(total - (total / 2));
        }

        return margins.TrueForAll(m => m == 0) ? x : nn.functional.pad(x, [.. margins], PaddingModes.Constant, value);
    }

    private static long[] Each(long[] values, int rank) => values.Length == 1 ? [.. Enumerable.Repeat(values[0], rank)]
        : values.Length == rank ? values
        : throw new ArgumentException($"{rank} values are needed for the spatial axes; got {values.Length}");

    private static long[] Positive(long[] values, OperationArguments a, string name) =>
        Array.TrueForAll(values, value => value is > 0 and <= int.MaxValue) ? values : throw a.Wrong(name, "numbers above 0");
}
