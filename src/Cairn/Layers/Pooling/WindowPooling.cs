using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The maximum or mean of each channel over a window, in memory, channels last. Padding takes no part.</summary>
internal static unsafe class WindowPooling
{
    // Elements of a large window that are summed up before their sum is added to that of the others.
    private const int InShort = 64;

    /// <summary>Most parts that samples are divided into.</summary>
    public const int MostParts = 32;

    /// <summary>Computes the results of samples.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="isMaximum">Whether they are maxima.</param>
    /// <param name="x">The samples.</param>
    /// <param name="samples">Their number.</param>
    /// <param name="y">The results.</param>
    /// <param name="inThreads">Whether to use several threads if there is enough work.</param>
    public static void Forward(PooledAxes sizes, bool isMaximum, float* x, long samples, float* y, bool inThreads)
    {
        long perSample = sizes.Output[0] * sizes.Output[1], lines = samples * perSample;
        long work = samples * sizes.PerOutput * sizes.Taps * ThreadTeam.ProductsPerNumber;
        if (!inThreads)
        {
            RunLines(0, lines);
            return;
        }

        int parts = (int)Math.Min(lines, MostParts);
        ThreadTeam.Run(parts, work, part => RunLines(lines * part / parts, lines * (part + 1) / parts));

        void RunLines(long first, long end)
        {
            for (long line = first; line < end; line++)
            {
                int at = (int)(line % perSample);
                RunLine(
                    sizes, isMaximum, x + ((nint)(line / perSample) * (nint)sizes.PerInput), at / sizes.Output[1], at % sizes.Output[1],
                    y + ((nint)line * sizes.Output[2] * sizes.Channels));
            }
        }
    }

    private static void RunLine(PooledAxes sizes, bool isMaximum, float* x, int d, int h, float* y)
    {
        nint* listed = stackalloc nint[PooledAxes.MostListed];
        (int First, int End) depths = sizes.Reached(0, d), rows = sizes.Reached(1, h);
        int around = (depths.End - depths.First) * (rows.End - rows.First);
        for (int w = 0; w < sizes.Output[2]; w++, y += sizes.Channels)
        {
            (int First, int End) columns = sizes.Reached(2, w);
            int count = around * (columns.End - columns.First);
            float* from = x + sizes.PlaceOf(depths.First, rows.First, columns.First);
            if (!sizes.IsListed)
            {
                Pool(sizes, isMaximum, from, depths, rows, columns, y);
            }
            else if (count == sizes.Taps)
            {
                PoolListed(from, sizes.Places, count, sizes.Channels, isMaximum, y);
            }
            else
            {
                PoolListed(from, listed, sizes.List(depths, rows, columns, listed), sizes.Channels, isMaximum, y);
            }
        }
    }

    /// <summary>The sum or maximum stays in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PoolListed(float* x, nint* places, int count, int channels, bool isMaximum, float* y)
    {
        int lanes = Vector<float>.Count, i = 0;
        float divisor = count;
        for (; i <= channels - lanes; i += lanes)
        {
            var found = Vector.Load(x + i);
            for (int tap = 1; tap < count; tap++)
            {
                var other = Vector.Load(x + places[tap] + i);
                found = isMaximum ? Greater(found, other) : found + other;
            }

            (isMaximum ? found : found / new Vector<float>(divisor)).Store(y + i);
        }

        for (; i < channels; i++)
        {
            float found = x[i];
            for (int tap = 1; tap < count; tap++)
            {
                float other = x[places[tap] + i];
                found = !isMaximum ? found + other : other <= found || float.IsNaN(found) ? found : other;
            }

            y[i] = isMaximum ? found : found / divisor;
        }
    }

    // NaN is the greatest, as in libtorch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Greater(Vector<float> most, Vector<float> other) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(other, most) | ~Vector.Equals(most, most), most, other);

    /// <summary>A large window, element by element.</summary>
    private static void Pool(
        PooledAxes sizes, bool isMaximum, float* x, (int First, int End) depths, (int First, int End) rows,
        (int First, int End) columns, float* y)
    {
        int channels = sizes.Channels, count = 0;
        using var memory = ScratchMemory.For(channels);
        float* some = memory.Start;
        for (int d = 0; d < depths.End - depths.First; d++)
        {
            for (int h = 0; h < rows.End - rows.First; h++)
            {
                float* from = x + sizes.PlaceOf(d, h, 0);
                for (int w = columns.First; w < columns.End; w++, from += channels, count++)
                {
                    float* to = isMaximum || count < InShort ? y : some;
                    if (count == 0 || (!isMaximum && count % InShort == 0))
                    {
                        new Span<float>(from, channels).CopyTo(new Span<float>(to, channels));
                    }
                    else if (isMaximum)
                    {
                        Raise(from, y, channels);
                    }
                    else
                    {
                        Addition.Add(from, to, channels);
                    }

                    if (to == some && count % InShort == InShort - 1)
                    {
                        Addition.Add(some, y, channels);
                    }
                }
            }
        }

        if (!isMaximum)
        {
            if (count > InShort && count % InShort != 0)
            {
                Addition.Add(some, y, channels);
            }

            for (int i = 0; i < channels; i++)
            {
                y[i] /= count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Raise(float* x, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Greater(Vector.Load(y + i), Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] <= y[i] || float.IsNaN(y[i]) ? y[i] : x[i];
        }
    }
}
