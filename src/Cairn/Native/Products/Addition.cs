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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* from, float* to, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Load(to + i) + Vector.Load(from + i)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += from[i];
        }
    }
}
