using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Layers;

/// <summary>The sizes of a pooling over up to three axes, channels last; missing axes have size 1.</summary>
internal sealed unsafe class PooledAxes
{
    /// <summary>Elements of a window whose places are listed. Larger windows are rare, except that of a global pooling.</summary>
    public const int MostListed = 64;

    private readonly int[] window;
    private readonly int[] strides;
    private readonly int[] before;
    private readonly nint[] places;

    /// <summary>Creates the sizes.</summary>
    /// <param name="window">The window.</param>
    /// <param name="sample">The shape of a sample, channels last.</param>
    public PooledAxes(Window window, Shape sample)
    {
        long[] input = [.. sample[..^1]];
        Channels = checked((int)sample[^1]);
        Input = Three(input, 1);
        Output = Three(window.OutputSizes(sample.WithBatch()), 1);
        this.window = Three(window.Size, 1);
        strides = Three(window.Strides, 1);
        before = Three([.. window.Borders(input).Select(border => border.Before)], 0);
        Taps = this.window.Aggregate(1L, (a, b) => a * b);
        places = GC.AllocateUninitializedArray<nint>(IsListed ? (int)Taps : 0, pinned: true);
        if (IsListed)
        {
            _ = List((0, this.window[0]), (0, this.window[1]), (0, this.window[2]), Places);
        }
    }

    /// <summary>The sizes of a pooling over all positions of a sample.</summary>
    public static PooledAxes OfAll(Shape sample) =>
        new(new Window([.. sample[..^1]], [.. sample[..^1]], Padding.Valid, DataFormat.ChannelsLast), sample);

    public int[] Input { get; }

    public int[] Output { get; }

    public int Channels { get; }

    /// <summary>Elements of the window.</summary>
    public long Taps { get; }

    /// <summary>Whether there are few enough to be listed.</summary>
    public bool IsListed => Taps <= MostListed;

    /// <summary>The places of a window's elements, relative to the first, if they are listed.</summary>
    public nint* Places => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(places));

    /// <summary>Numbers of a sample of the input.</summary>
    public long PerInput => (long)Input[0] * Input[1] * Input[2] * Channels;

    /// <summary>Numbers of a sample of the output.</summary>
    public long PerOutput => (long)Output[0] * Output[1] * Output[2] * Channels;

    /// <summary>Whether no element belongs to two windows.</summary>
    public bool AreApart => window[0] <= strides[0] && window[1] <= strides[1] && window[2] <= strides[2];

    /// <summary>Whether each element belongs to exactly one window.</summary>
    public bool AreTiles
    {
        get
        {
            for (int axis = 0; axis < 3; axis++)
            {
                if (window[axis] != strides[axis] || before[axis] != 0 || Output[axis] * window[axis] != Input[axis])
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The elements of an axis that a window reaches.</summary>
    public (int First, int End) Reached(int axis, int index)
    {
        int first = (index * strides[axis]) - before[axis];
        return (Math.Max(first, 0), Math.Min(first + window[axis], Input[axis]));
    }

    /// <summary>The place of a position in a sample.</summary>
    public nint PlaceOf(int depth, int row, int column) => (((((nint)depth * Input[1]) + row) * Input[2]) + column) * Channels;

    /// <summary>Lists the places of elements, relative to the first.</summary>
    /// <returns>Their number.</returns>
    public int List((int First, int End) depths, (int First, int End) rows, (int First, int End) columns, nint* to)
    {
        int count = 0;
        for (int d = 0; d < depths.End - depths.First; d++)
        {
            for (int h = 0; h < rows.End - rows.First; h++)
            {
                for (int w = 0; w < columns.End - columns.First; w++)
                {
                    to[count++] = PlaceOf(d, h, w);
                }
            }
        }

        return count;
    }

    private static int[] Three(long[] sizes, int missing) =>
        [.. Enumerable.Repeat(missing, 3 - sizes.Length), .. sizes.Select(size => checked((int)size))];
}
