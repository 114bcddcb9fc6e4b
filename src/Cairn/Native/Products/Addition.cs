using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary>Adds numbers in memory.</summary>
internal static unsafe class Addition
{
    /// <summary>Adds numbers to others.</summary>
    /// <param name="from">The numbers.</param>
    /// <param name="to">The others.</param>
    /// <param name="count">How many.</param>
    public static void Add(float* from, float* to, long count) => Add(to, from, to, count);

    /// <summary>Adds numbers, and stores the sums.</summary>
    /// <param name="a">The numbers.</param>
    /// <param name="b">What is added to them.</param>
    /// <param name="to">The sums; may be the numbers.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* a, float* b, float* to, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Load(a + i) + Vector.Load(b + i)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = a[i] + b[i];
        }
    }
}
