using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The function <c>relu</c> where a product is computed, and its gradient together with that of the bias.</summary>
internal static unsafe class Rectification
{
    private const int MostParts = 16;
    private const long LeastOfPart = 1 << 15;

    /// <summary>Numbers below 0 become 0; NaN stays, as in libtorch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* x, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var numbers = Vector.Load(x + i);
            Vector.ConditionalSelect(Vector.LessThanOrEqual(numbers, Vector<float>.Zero), Vector<float>.Zero, numbers).Store(x + i);
        }

        for (; i < count; i++)
        {
            x[i] = x[i] <= 0 ? 0 : x[i];
        }
    }

    /// <summary>The slopes where the result is not 0, and their sums over all rows: the gradient of the bias.</summary>
    /// <param name="slopes">The gradient of the result.</param>
    /// <param name="y">The result of the rectification; null for none.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="passed">The slopes that pass, if there is a rectification.</param>
    /// <param name="bias">The gradient of the bias; null for none.</param>
    public static void Differentiate(float* slopes, float* y, long rows, int columns, float* passed, float* bias)
    {
        // The number of parts depends on the sizes only, so that the sums do.
        int parts = (int)Math.Clamp(rows * columns / LeastOfPart, 1, MostParts);
        using var memory = ScratchMemory.For((long)parts * columns);
        float* sums = memory.Start;
        ThreadTeam.Run(parts, rows * columns * ThreadTeam.ProductsPerNumber, part =>
        {
            long first = rows * part / parts, count = (rows * (part + 1) / parts) - first, at = first * columns;
            if (y != null)
            {
                Mask(slopes + at, y + at, passed + at, count * columns);
            }

            if (bias != null)
            {
                AddRows((y == null ? slopes : passed) + at, count, columns, sums + (part * columns));
            }
        });
        if (bias != null)
        {
            AddRows(sums, parts, columns, bias);
        }
    }

    /// <summary>The slopes where the result of the rectification is not 0; may replace the slopes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(float* slopes, float* y, float* passed, long count)
    {
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.ConditionalSelect(
                Vector.LessThanOrEqual(Vector.Load(y + i), Vector<float>.Zero), Vector<float>.Zero, Vector.Load(slopes + i))
                .Store(passed + i);
        }

        for (; i < count; i++)
        {
            passed[i] = y[i] <= 0 ? 0 : slopes[i];
        }
    }

    /// <summary>The sums of columns, which stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(float* rows, long count, int columns, float* sums)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= columns - (4 * lanes); i += 4 * lanes)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            float* from = rows + i;
            for (long row = 0; row < count; row++, from += columns)
            {
                a += Vector.Load(from);
                b += Vector.Load(from + lanes);
                c += Vector.Load(from + (2 * lanes));
                d += Vector.Load(from + (3 * lanes));
            }

            a.Store(sums + i);
            b.Store(sums + i + lanes);
            c.Store(sums + i + (2 * lanes));
            d.Store(sums + i + (3 * lanes));
        }

        for (; i <= columns - lanes; i += lanes)
        {
            Vector<float> a = default;
            float* from = rows + i;
            for (long row = 0; row < count; row++, from += columns)
            {
                a += Vector.Load(from);
            }

            a.Store(sums + i);
        }

        for (; i < columns; i++)
        {
            float a = 0;
            float* from = rows + i;
            for (long row = 0; row < count; row++, from += columns)
            {
                a += *from;
            }

            sums[i] = a;
        }
    }
}
