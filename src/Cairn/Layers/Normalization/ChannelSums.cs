using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The sums over the rows of a matrix, <c>[rows, channels]</c>, that <see cref="ChannelNormalization"/> needs.</summary>
/// <remarks>They are made in parts whose number depends on the sizes only, so that the bits do not depend on the threads.</remarks>
internal static unsafe class ChannelSums
{
    // The loops keep this many columns in registers. Several rows of fewer channels are one of their rows.
    private const int Group = 64;
    private const int MostFolded = 512;

    private const int MostParts = 16;
    private const long LeastOfPart = 1 << 15;

    // Rows that are looked at first.
    private const int Sampled = 16;

    private delegate void PartOfSums(long first, long count, double* sums, double* others, float* room);

    /// <summary>The rows that are one row of the loops: as few as fill most of the last group of columns.</summary>
    public static int FoldOf(int channels)
    {
        (int best, double bestShare) = (1, 0);
        for (int fold = 1; fold == 1 || (bestShare < Group && fold * channels <= MostFolded); fold++)
        {
            int width = fold * channels;
            double share = width < Group ? 0 : width / Math.Ceiling(width / (double)Group);
            (best, bestShare) = share > bestShare ? (fold, share) : (best, bestShare);
        }

        return best;
    }

    /// <summary>Runs a computation on parts of rows, in threads if there is enough work.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="run">Receives a part's index, first row and number of rows.</param>
    /// <returns>Number of parts.</returns>
    public static int Run(long rows, int width, Action<int, long, long> run)
    {
        int parts = PartsOf(rows, width);
        ThreadTeam.Run(parts, rows * width * ThreadTeam.ProductsPerNumber, part =>
        {
            long first = rows * part / parts;
            run(part, first, (rows * (part + 1) / parts) - first);
        });
        return parts;
    }

    /// <summary>Repeats what a row begins with until it is full.</summary>
    public static void Repeat(float* row, int channels, int width)
    {
        for (int i = channels; i < width; i++)
        {
            row[i] = row[i - channels];
        }
    }

    /// <summary>The mean and the biased variance of each channel.</summary>
    /// <remarks>
    /// The mean of some rows is subtracted first, so that the variance of numbers far from 0 is exact too.
    /// </remarks>
    public static void FindMoments(float* x, long rows, int channels, float* mean, float* variance)
    {
        int fold = FoldOf(channels), width = fold * channels;
        long wide = rows / fold;
        using var memory = ScratchMemory.For(width + (4L * channels));
        double* sums = (double*)memory.Start, squares = sums + channels;
        float* center = memory.Start + (4 * channels);
        Sample(x, rows, channels, sums, center);
        Repeat(center, channels, width);
        SumInParts(wide, channels, fold, sums, squares, (first, count, a, b, room) =>
        {
            float* from = x + ((nint)first * width);
            if (Vector512.IsHardwareAccelerated)
            {
                ChannelLoops<WideLanes, Vector512<float>>.Sum(from, count, width, center, a, b, room);
            }
            else
            {
                ChannelLoops<SystemLanes, Vector<float>>.Sum(from, count, width, center, a, b, room);
            }
        });
        for (nint row = (nint)wide * fold; row < rows; row++)
        {
            for (int i = 0; i < channels; i++)
            {
                double away = x[(row * channels) + i] - center[i];
                sums[i] += away;
                squares[i] += away * away;
            }
        }

        for (int i = 0; i < channels; i++)
        {
            double away = sums[i] / rows;
            mean[i] = (float)(center[i] + away);
            variance[i] = (float)Math.Max(0, (squares[i] / rows) - (away * away));
        }
    }

    /// <summary>The sums of the slopes, and of their products with the differences from the mean.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="y">The results; where they are not above 0, slopes count as 0. Null if all count.</param>
    /// <param name="slopes">The slopes.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="channels">Numbers of a row.</param>
    /// <param name="mean">The mean of each channel, repeated for as many rows as are folded.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="products">The sums of the products.</param>
    public static void SumSlopes(float* x, float* y, float* slopes, long rows, int channels, float* mean, double* sums, double* products)
    {
        int fold = FoldOf(channels), width = fold * channels;
        long wide = rows / fold;
        SumInParts(wide, channels, fold, sums, products, (first, count, a, b, room) =>
        {
            nint at = (nint)first * width;
            float* results = y == null ? null : y + at;
            if (Vector512.IsHardwareAccelerated)
            {
                ChannelLoops<WideLanes, Vector512<float>>.SumSlopes(slopes + at, results, x + at, count, width, mean, a, b, room);
            }
            else
            {
                ChannelLoops<SystemLanes, Vector<float>>.SumSlopes(slopes + at, results, x + at, count, width, mean, a, b, room);
            }
        });
        for (nint row = (nint)wide * fold; row < rows; row++)
        {
            for (int i = 0; i < channels; i++)
            {
                nint at = (row * channels) + i;
                double slope = y != null && y[at] <= 0 ? 0 : slopes[at];
                sums[i] += slope;
                products[i] += slope * (x[at] - mean[i]);
            }
        }
    }

    private static int PartsOf(long rows, int width) =>
        (int)Math.Min(Math.Max(1, rows), Math.Clamp(rows * width / LeastOfPart, 1, MostParts));

    private static void SumInParts(long wide, int channels, int fold, double* sums, double* others, PartOfSums run)
    {
        int width = fold * channels, parts = PartsOf(wide, width);

        // Of each part: two rows of doubles and two of floats.
        using var memory = ScratchMemory.For(6L * width * parts);
        float* start = memory.Start;
        Run(wide, width, (part, first, count) =>
        {
            double* own = (double*)(start + (6L * width * part));
            run(first, count, own, own + width, (float*)(own + (2 * width)));
        });
        new Span<double>(sums, channels).Clear();
        new Span<double>(others, channels).Clear();
        for (int part = 0; part < parts; part++)
        {
            double* own = (double*)(start + (6L * width * part));
            AddFolded(own, channels, fold, sums);
            AddFolded(own + width, channels, fold, others);
        }
    }

    private static void AddFolded(double* from, int channels, int fold, double* to)
    {
        for (int row = 0; row < fold; row++, from += channels)
        {
            for (int i = 0; i < channels; i++)
            {
                to[i] += from[i];
            }
        }
    }

    /// <summary>The mean of some rows, which are distributed over all.</summary>
    private static void Sample(float* x, long rows, int channels, double* sums, float* mean)
    {
        int count = (int)Math.Min(rows, Sampled);
        new Span<double>(sums, channels).Clear();
        for (int sample = 0; sample < count; sample++)
        {
            float* from = x + ((nint)(rows * sample / count) * channels);
            for (int i = 0; i < channels; i++)
            {
                sums[i] += from[i];
            }
        }

        for (int i = 0; i < channels; i++)
        {
            mean[i] = (float)(sums[i] / count);
        }
    }
}
