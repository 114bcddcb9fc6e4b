using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Distributed.Mpi;

/// <summary>Numbers in memory, by their kind.</summary>
internal static unsafe class NumberKinds
{
    /// <summary>The bytes of a number.</summary>
    public static int Width(this NumberKind kind) => kind switch
    {
        NumberKind.Float32 => sizeof(float),
        NumberKind.Float64 => sizeof(double),
        _ => sizeof(ushort),
    };

    /// <summary>Adds numbers to others; the sums may replace them.</summary>
    public static void Add(this NumberKind kind, byte* left, byte* right, byte* sum, int count)
    {
        switch (kind)
        {
            case NumberKind.Float32:
                AddSingles((float*)left, (float*)right, (float*)sum, count);
                break;
            case NumberKind.Float64:
                AddDoubles((double*)left, (double*)right, (double*)sum, count);
                break;
            default:
                SixteenBits.Add(left, right, sum, count, kind == NumberKind.Float16 ? GradientFormat.Float16 : GradientFormat.BFloat16);
                break;
        }
    }

    // Optimized at once: the first sums of a program would otherwise take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSingles(float* left, float* right, float* sum, int count)
    {
        int width = Vector<float>.Count;
        int at = 0;
        for (; at <= count - (4 * width); at += 4 * width)
        {
            Vector<float> first = Vector.Load(left + at) + Vector.Load(right + at);
            Vector<float> second = Vector.Load(left + at + width) + Vector.Load(right + at + width);
            Vector<float> third = Vector.Load(left + at + (2 * width)) + Vector.Load(right + at + (2 * width));
            Vector<float> fourth = Vector.Load(left + at + (3 * width)) + Vector.Load(right + at + (3 * width));
            first.Store(sum + at);
            second.Store(sum + at + width);
            third.Store(sum + at + (2 * width));
            fourth.Store(sum + at + (3 * width));
        }

        for (; at < count; at++)
        {
            sum[at] = left[at] + right[at];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDoubles(double* left, double* right, double* sum, int count)
    {
        int width = Vector<double>.Count;
        int at = 0;
        for (; at <= count - (2 * width); at += 2 * width)
        {
            Vector<double> first = Vector.Load(left + at) + Vector.Load(right + at);
            Vector<double> second = Vector.Load(left + at + width) + Vector.Load(right + at + width);
            first.Store(sum + at);
            second.Store(sum + at + width);
        }

        for (; at < count; at++)
        {
            sum[at] = left[at] + right[at];
        }
    }
}
