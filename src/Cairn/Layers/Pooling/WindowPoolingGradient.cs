using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The gradient of <see cref="WindowPooling"/>.</summary>
internal static unsafe class WindowPoolingGradient
{
    /// <summary>Computes the gradient of samples whose maxima were found. The windows must be listed.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="x">The samples. The first maximum of a window gets its slope.</param>
    /// <param name="y">The maxima.</param>
    /// <param name="isRectified">Whether only maxima above 0 pass their slope, because the samples are results of <c>relu</c>.</param>
    /// <param name="slopes">The gradient of the maxima.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="ofX">Gets the gradient of the samples.</param>
    public static void OfMaxima(PooledAxes sizes, float* x, float* y, bool isRectified, float* slopes, long samples, float* ofX) =>
        Run(sizes, samples, ofX, (line, from, to, adds) =>
        {
            nint* listed = stackalloc nint[PooledAxes.MostListed];
            int around = (line.Depths.End - line.Depths.First) * (line.Rows.End - line.Rows.First);
            nint at = (nint)line.Index * sizes.Output[2] * sizes.Channels;
            for (int w = 0; w < sizes.Output[2]; w++, at += sizes.Channels)
            {
                (int First, int End) columns = sizes.Reached(2, w);
                int count = around * (columns.End - columns.First);
                nint* places = count == sizes.Taps ? sizes.Places : listed;
                if (places == listed)
                {
                    _ = sizes.List(line.Depths, line.Rows, columns, listed);
                }

                nint first = sizes.PlaceOf(line.Depths.First, line.Rows.First, columns.First);
                PassToFirst(x + from + first, y + at, isRectified, slopes + at, places, count, sizes.Channels, adds, to + first);
            }
        });

    /// <summary>Computes the gradient of samples whose means were found.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="slopes">The gradient of the means.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="ofX">Gets the gradient of the samples.</param>
    public static void OfMeans(PooledAxes sizes, float* slopes, long samples, float* ofX) =>
        Run(sizes, samples, ofX, (line, _, to, adds) =>
        {
            float* slope = slopes + ((nint)line.Index * sizes.Output[2] * sizes.Channels);
            for (int w = 0; w < sizes.Output[2]; w++, slope += sizes.Channels)
            {
                (int First, int End) columns = sizes.Reached(2, w);
                int wide = columns.End - columns.First;
                float count = (line.Depths.End - line.Depths.First) * (line.Rows.End - line.Rows.First) * wide;
                for (int d = line.Depths.First; d < line.Depths.End; d++)
                {
                    for (int h = line.Rows.First; h < line.Rows.End; h++)
                    {
                        PassShares(slope, count, wide, sizes.Channels, adds, to + sizes.PlaceOf(d, h, columns.First));
                    }
                }
            }
        });

    private delegate void OneLine(Line line, nint from, float* to, bool adds);

    private static void Run(PooledAxes sizes, long samples, float* ofX, OneLine run)
    {
        int perSample = sizes.Output[0] * sizes.Output[1];
        bool areTiles = sizes.AreTiles, adds = !sizes.AreApart;

        // Where windows overlap, or leave elements out, a sample is left to one thread.
        long units = areTiles ? samples * perSample : samples;
        int parts = (int)Math.Min(units, WindowPooling.MostParts);
        ThreadTeam.Run(parts, samples * sizes.PerOutput * sizes.Taps * ThreadTeam.ProductsPerNumber, part =>
        {
            for (long unit = units * part / parts; unit < units * (part + 1) / parts; unit++)
            {
                if (areTiles)
                {
                    RunLine(unit);
                    continue;
                }

                new Span<float>(ofX + ((nint)unit * (nint)sizes.PerInput), checked((int)sizes.PerInput)).Clear();
                for (int i = 0; i < perSample; i++)
                {
                    RunLine((unit * perSample) + i);
                }
            }
        });

        void RunLine(long index)
        {
            int at = (int)(index % perSample);
            nint from = (nint)(index / perSample) * (nint)sizes.PerInput;
            run(new Line(index, sizes.Reached(0, at / sizes.Output[1]), sizes.Reached(1, at % sizes.Output[1])), from, ofX + from, adds);
        }
    }

    private static void PassToFirst(
        float* x, float* y, bool isRectified, float* slopes, nint* places, int count, int channels, bool adds, float* to)
    {
        if (Vector512.IsHardwareAccelerated && channels >= WideLanes.Count)
        {
            PassToFirst<WideLanes, Vector512<float>>(x, y, isRectified, slopes, places, count, channels, adds, to);
        }
        else
        {
            PassToFirst<SystemLanes, Vector<float>>(x, y, isRectified, slopes, places, count, channels, adds, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PassToFirst<TLanes, TVector>(
        float* x, float* y, bool isRectified, float* slopes, nint* places, int count, int channels, bool adds, float* to)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int lanes = TLanes.Count, i = 0;
        for (; i <= channels - lanes; i += lanes)
        {
            TVector most = TLanes.Load(y + i), left = TLanes.Load(slopes + i);
            if (TLanes.HasNaN(most))
            {
                PassEach(x, y, isRectified, slopes, places, count, i, i + lanes, adds, to);
                continue;
            }

            left = isRectified ? TLanes.WhereAtMost(most, default, default, left) : left;
            for (int tap = 0; tap < count; tap++)
            {
                // At least the maximum is the maximum.
                nint at = places[tap] + i;
                TVector number = TLanes.Load(x + at), passed = TLanes.WhereAtMost(most, number, left, default);
                left = TLanes.WhereAtMost(most, number, default, left);
                TLanes.Store(adds ? TLanes.Add(TLanes.Load(to + at), passed) : passed, to + at);
            }
        }

        PassEach(x, y, isRectified, slopes, places, count, i, channels, adds, to);
    }

    /// <summary>Channel by channel; as in libtorch, the last of several NaN is the maximum.</summary>
    private static void PassEach(
        float* x, float* y, bool isRectified, float* slopes, nint* places, int count, int first, int end, bool adds, float* to)
    {
        for (int channel = first; channel < end; channel++)
        {
            float most = y[channel], slope = isRectified && most <= 0 ? 0 : slopes[channel];
            bool isNaN = float.IsNaN(most);
            int found = -1;
            for (int tap = 0; tap < count; tap++)
            {
                float number = x[places[tap] + channel];
                found = isNaN ? (float.IsNaN(number) ? tap : found) : found < 0 && number == most ? tap : found;
            }

            for (int tap = 0; tap < count; tap++)
            {
                nint at = places[tap] + channel;
                to[at] = (adds ? to[at] : 0) + (tap == found ? slope : 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PassShares(float* slopes, float count, int wide, int channels, bool adds, float* to)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= channels - lanes; i += lanes)
        {
            Vector<float> share = Vector.Load(slopes + i) / new Vector<float>(count);
            float* at = to + i;
            for (int w = 0; w < wide; w++, at += channels)
            {
                (adds ? Vector.Load(at) + share : share).Store(at);
            }
        }

        for (; i < channels; i++)
        {
            float share = slopes[i] / count;
            float* at = to + i;
            for (int w = 0; w < wide; w++, at += channels)
            {
                *at = (adds ? *at : 0) + share;
            }
        }
    }

    /// <summary>Windows along the last axis.</summary>
    /// <param name="Index">The line, counted over all samples.</param>
    /// <param name="Depths">The elements of the first axis that they reach.</param>
    /// <param name="Rows">The elements of the second axis that they reach.</param>
    private readonly record struct Line(long Index, (int First, int End) Depths, (int First, int End) Rows);
}
