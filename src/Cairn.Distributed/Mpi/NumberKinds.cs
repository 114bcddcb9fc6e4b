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
                Add((float*)left, (float*)right, (float*)sum, count);
                break;
            case NumberKind.Float64:
                Add((double*)left, (double*)right, (double*)sum, count);
                break;
            default:
                SixteenBits.Add(left, right, sum, count, kind == NumberKind.Float16 ? GradientFormat.Float16 : GradientFormat.BFloat16);
                break;
        }
    }

    // Optimized at once: the first sums of a program would otherwise take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(T* left, T* right, T* sum, int count)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        int width = Vector<T>.Count;
        int at = 0;
        for (; at <= count - (4 * width); at += 4 * width)
        {
            Vector<T> first = Vector.Load(left + at) + Vector.Load(right + at);
            Vector<T> second = Vector.Load(left + at + width) + Vector.Load(right + at + width);
            Vector<T> third = Vector.Load(left + at + (2 * width)) + Vector.Load(right + at + (2 * width));
            Vector<T> fourth = Vector.Load(left + at + (3 * width)) + Vector.Load(right + at + (3 * width));
            first.Store(sum + at);
            second.Store(sum + at + width);
            third.Store(sum + at + (2 * width));
            fourth.Store(sum + at + (3 * width));
        }

        for (; at <= count - width; at += width)
        {
            (Vector.Load(left + at) + Vector.Load(right + at)).Store(sum + at);
        }

        for (; at < count; at++)
        {
            sum[at] = left[at] + right[at];
        }
    }
}
