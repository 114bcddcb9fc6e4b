namespace Cairn;

/// <summary>The elements of an array that slices select, and the shape of the result.</summary>
internal sealed class SlicePlan
{
    private readonly List<(long Start, long Step, long Count, long Stride)> axes = [];

    /// <summary>Resolves the slices for an array.</summary>
    /// <exception cref="ArgumentException">There are more slices than axes, or several ellipses.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is beyond the end of its axis.</exception>
    public SlicePlan(Shape shape, ReadOnlySpan<Slice> slices)
    {
        int taken = 0, ellipses = 0;
        foreach (Slice slice in slices)
        {
            taken += slice.IsNewAxis || slice.IsEllipsis ? 0 : 1;
            ellipses += slice.IsEllipsis ? 1 : 0;
        }

        if (taken > shape.Rank || ellipses > 1)
        {
            throw new ArgumentException(
                ellipses > 1 ? "Only one ellipsis is allowed." : $"{taken} slices were given for an array of shape {shape}.",
                nameof(slices));
        }

        long[] strides = StridesOf(shape);
        var sizes = new List<long>();
        int axis = 0;
        foreach (Slice slice in slices)
        {
            if (slice.IsNewAxis)
            {
                sizes.Add(1);
            }
            else if (slice.IsEllipsis)
            {
                for (int rest = shape.Rank - taken; rest > 0; rest--, axis++)
                {
                    Take(0, 1, shape[axis]);
                }
            }
            else if (slice.Place is { } place)
            {
                long at = place < 0 ? place + shape[axis] : place;
                if (at < 0 || at >= shape[axis])
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(slices), place, $"The index of axis {axis} is out of range for shape {shape}.");
                }

                axes.Add((at, 1, 1, strides[axis]));
                axis++;
            }
            else
            {
                (long start, long step, long count) = slice.Within(shape[axis]);
                Take(start, step, count);
                axis++;
            }
        }

        while (axis < shape.Rank)
        {
            Take(0, 1, shape[axis]);
            axis++;
        }

        Shape = sizes.ToArray();
        Length = Shape.ElementCount;

        void Take(long start, long step, long count)
        {
            axes.Add((start, step, count, strides[axis]));
            sizes.Add(count);
        }
    }

    /// <summary>The shape of the result.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements of the result.</summary>
    public long Length { get; }

    /// <summary>Copies the elements in C order.</summary>
    public void Copy<T>(ReadOnlySpan<T> source, Span<T> target)
    {
        if (Length > 0)
        {
            int next = 0;
            Copy(source, target, 0, 0, ref next);
        }
    }

    private void Copy<T>(ReadOnlySpan<T> source, Span<T> target, int axis, long offset, ref int next)
    {
        if (axis == axes.Count)
        {
            target[next++] = source[(int)offset];
            return;
        }

        (long start, long step, long count, long stride) = axes[axis];
        if (axis == axes.Count - 1 && step == 1)
        {
            source.Slice((int)(offset + start), (int)count).CopyTo(target[next..]);
            next += (int)count;
            return;
        }

        for (long i = 0; i < count; i++)
        {
            Copy(source, target, axis + 1, offset + ((start + (i * step)) * stride), ref next);
        }
    }

    private static long[] StridesOf(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }
}
