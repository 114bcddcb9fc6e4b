using System.Numerics;
using System.Runtime.Intrinsics;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>
/// Batch normalization of a matrix in memory, <c>[rows, channels]</c>, by the mean and variance of its columns, with its gradients. The
/// bits do not depend on the number of threads.
/// </summary>
internal static unsafe class ChannelNormalization
{
    /// <summary>
    /// <c>y = (x - mean) / √(variance + epsilon) · gamma + beta</c>, plus other numbers and rectified if wanted.
    /// </summary>
    /// <param name="x">The rows.</param>
    /// <param name="rows">Number of rows, at least one.</param>
    /// <param name="channels">Numbers of a row.</param>
    /// <param name="gamma">The factors, or null for 1.</param>
    /// <param name="beta">What is added, or null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="added">Rows that are added before the result is rectified; null for none.</param>
    /// <param name="rectifies">Whether numbers below 0 become 0.</param>
    /// <param name="y">The result.</param>
    /// <param name="mean">Gets the mean of each channel.</param>
    /// <param name="variance">Gets the biased variance of each channel.</param>
    /// <param name="inverse">Gets <c>1 / √(variance + epsilon)</c>.</param>
    public static void Forward(
        float* x, long rows, int channels, float* gamma, float* beta, double epsilon, float* added, bool rectifies, float* y,
        float* mean, float* variance, float* inverse)
    {
        ChannelSums.FindMoments(x, rows, channels, mean, variance);
        int fold = ChannelSums.FoldOf(channels), width = fold * channels;
        using var memory = ScratchMemory.For(3L * width);
        float* factors = memory.Start, scale = factors + width, shift = scale + width;
        for (int i = 0; i < channels; i++)
        {
            inverse[i] = (float)(1 / Math.Sqrt(variance[i] + epsilon));
            factors[i] = mean[i];
            scale[i] = gamma == null ? inverse[i] : gamma[i] * inverse[i];
            shift[i] = beta == null ? 0 : beta[i];
        }

        RunOnAll(rows, channels, fold, factors, 3, (at, count, columns, with) =>
        {
            float* others = added == null ? null : added + at;
            if (Vector512.IsHardwareAccelerated)
            {
                ChannelLoops<WideLanes, Vector512<float>>.Normalize(x + at, count, columns, with, others, rectifies, y + at);
            }
            else
            {
                ChannelLoops<SystemLanes, Vector<float>>.Normalize(x + at, count, columns, with, others, rectifies, y + at);
            }
        });
    }

    /// <summary>The gradients of <see cref="Forward"/>.</summary>
    /// <param name="x">The rows that were normalized.</param>
    /// <param name="y">The result, if it was rectified; otherwise null.</param>
    /// <param name="slopes">The gradient of the result.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="channels">Numbers of a row.</param>
    /// <param name="gamma">The factors, or null for 1.</param>
    /// <param name="mean">The mean of each channel.</param>
    /// <param name="inverse">What <see cref="Forward"/> found.</param>
    /// <param name="ofGamma">Gets the gradient of gamma; may be null.</param>
    /// <param name="ofBeta">Gets the gradient of beta; may be null.</param>
    /// <param name="ofX">Gets the gradient of x; may be null, and may replace the slopes.</param>
    /// <param name="ofAdded">Gets the gradient of what was added; may be null, needs <paramref name="ofX"/>.</param>
    public static void Backward(
        float* x, float* y, float* slopes, long rows, int channels, float* gamma, float* mean, float* inverse, float* ofGamma,
        float* ofBeta, float* ofX, float* ofAdded)
    {
        int fold = ChannelSums.FoldOf(channels), width = fold * channels;
        using var memory = ScratchMemory.For(4L * (width + channels));
        double* sums = (double*)memory.Start, products = sums + channels;
        float* factors = memory.Start + (4 * channels);
        new ReadOnlySpan<float>(mean, channels).CopyTo(new Span<float>(factors, channels));
        ChannelSums.Repeat(factors, channels, width);
        ChannelSums.SumSlopes(x, y, slopes, rows, channels, factors, sums, products);
        for (int i = 0; i < channels; i++)
        {
            double inverted = inverse[i];
            if (ofGamma != null)
            {
                ofGamma[i] = (float)(products[i] * inverted);
            }

            if (ofBeta != null)
            {
                ofBeta[i] = (float)sums[i];
            }

            factors[width + i] = (float)(sums[i] / rows);
            factors[(2 * width) + i] = (float)(products[i] / rows * inverted * inverted);
            factors[(3 * width) + i] = gamma == null ? inverse[i] : gamma[i] * inverse[i];
        }

        if (ofX == null)
        {
            return;
        }

        RunOnAll(rows, channels, fold, factors, 4, (at, count, columns, with) =>
        {
            float* results = y == null ? null : y + at, others = ofAdded == null ? null : ofAdded + at;
            if (Vector512.IsHardwareAccelerated)
            {
                ChannelLoops<WideLanes, Vector512<float>>.Differentiate(
                    slopes + at, results, x + at, count, columns, with, others, ofX + at);
            }
            else
            {
                ChannelLoops<SystemLanes, Vector<float>>.Differentiate(
                    slopes + at, results, x + at, count, columns, with, others, ofX + at);
            }
        });
    }

    /// <summary>A computation on rows.</summary>
    /// <param name="at">The place of the first number.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="factors">The factors, row by row.</param>
    private delegate void RowsOfNumbers(nint at, long count, int columns, float* factors);

    /// <summary>Runs a computation on folded rows, then on the rows that are too few to be folded.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="channels">Numbers of a row.</param>
    /// <param name="fold">Rows that are folded.</param>
    /// <param name="factors">What each channel has; each row has room for folded ones.</param>
    /// <param name="kinds">Number of these rows.</param>
    /// <param name="run">The computation.</param>
    private static void RunOnAll(long rows, int channels, int fold, float* factors, int kinds, RowsOfNumbers run)
    {
        int width = fold * channels;
        long wide = rows / fold, rest = rows - (wide * fold);
        for (int kind = 0; kind < kinds; kind++)
        {
            ChannelSums.Repeat(factors + (kind * width), channels, width);
        }

        ChannelSums.Run(wide, width, (_, first, count) => run((nint)first * width, count, width, factors));
        if (rest > 0)
        {
            for (int kind = 1; kind < kinds; kind++)
            {
                new ReadOnlySpan<float>(factors + (kind * width), channels).CopyTo(new Span<float>(factors + (kind * channels), channels));
            }

            run((nint)wide * width, rest, channels, factors);
        }
    }
}
