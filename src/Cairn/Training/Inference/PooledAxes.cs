using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>The sizes of a pooling over up to three axes; missing axes have size 1.</summary>
internal sealed class PooledAxes
{
    private readonly int[] window;
    private readonly int[] strides;
    private readonly int[] before;

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
    }

    public int[] Input { get; }

    public int[] Output { get; }

    public int Channels { get; }

    /// <summary>The elements of an axis that a window reaches.</summary>
    public (int First, int End) Reached(int axis, int index)
    {
        int first = (index * strides[axis]) - before[axis];
        return (Math.Max(first, 0), Math.Min(first + window[axis], Input[axis]));
    }

    /// <summary>The place of a position in a sample.</summary>
    public nint PlaceOf(int depth, int row, int column) => (((((nint)depth * Input[1]) + row) * Input[2]) + column) * Channels;

    /// <summary>Lists the places of a window's elements, relative to the first.</summary>
    /// <returns>Their number; -1 if there are more than <paramref name="most"/>.</returns>
    public unsafe int List(nint* places, int most)
    {
        int count = window[0] * window[1] * window[2];
        for (int tap = 0; tap < count && count <= most; tap++)
        {
            places[tap] = PlaceOf(tap / (window[1] * window[2]), tap / window[2] % window[1], tap % window[2]);
        }

        return count <= most ? count : -1;
    }

    private static int[] Three(long[] sizes, int missing) =>
        [.. Enumerable.Repeat(missing, 3 - sizes.Length), .. sizes.Select(size => checked((int)size))];
}
