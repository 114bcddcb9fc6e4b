using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Adds the product of a step's rows with a recurrent kernel to existing sums. All steps of a sequence use the same kernel, so it is packed
/// once, in reading order; libtorch would repack it at each step and wake its threads for each small product.
/// </summary>
/// <remarks>
/// Each row is computed independently and in the same order, so neither the number of rows nor the number of threads changes any bit.
/// </remarks>
internal readonly unsafe struct RecurrentProduct
{
    private const int RowsATile = 4;

    private readonly float* panels;
    private readonly int depth;
    private readonly int columns;

    private RecurrentProduct(float* panels, int depth, int columns)
    {
        this.panels = panels;
        this.depth = depth;
        this.columns = columns;
    }

    // Two adjacent vectors and four rows are eight sums in flight: enough to keep two multipliers with a latency of four cycles busy.
    private static int Width => 2 * Vector<float>.Count;

    /// <summary>Packs a kernel. The memory belongs to the dispose scope.</summary>
    /// <param name="kernel">The kernel, <c>[rows, columns]</c>, in C order on the CPU.</param>
    /// <param name="transposed">Whether to multiply by its transpose.</param>
    public static RecurrentProduct With(Tensor kernel, bool transposed)
    {
        (int rows, int columns) = ((int)kernel.size(0), (int)kernel.size(1));
        (int depth, int width) = transposed ? (columns, rows) : (rows, columns);
        int panels = (width + Width - 1) / Width;
        float* packed = (float*)TensorMemory.PointerTo(empty((long)panels * depth * Width));
        float* numbers = (float*)TensorMemory.PointerTo(kernel);
        for (int panel = 0; panel < panels; panel++)
        {
            int first = panel * Width, count = Math.Min(Width, width - first);
            for (int k = 0; k < depth; k++)
            {
                float* to = packed + (((long)panel * depth) + k) * Width;
                if (transposed)
                {
                    for (int i = 0; i < count; i++)
                    {
                        to[i] = numbers[((long)(first + i) * columns) + k];
                    }
                }
                else
                {
                    new Span<float>(numbers + ((long)k * columns) + first, count).CopyTo(new Span<float>(to, count));
                }

                new Span<float>(to + count, Width - count).Clear();
            }
        }

        return new RecurrentProduct(packed, depth, width);
    }

    /// <summary>Adds the product of the given rows.</summary>
    /// <param name="rows">The rows, contiguous, each with as many elements as the kernel has rows.</param>
    /// <param name="sums">The sums to add to, contiguous, each with as many elements as the kernel has columns.</param>
    /// <param name="count">Number of rows.</param>
    public void Add(float* rows, float* sums, int count)
    {
        float* room = stackalloc float[Width];
        for (int first = 0; first < columns; first += Width)
        {
            float* panel = panels + ((long)first * depth);
            int width = Math.Min(Width, columns - first);
            for (int row = 0; row < count; row += RowsATile)
            {
                int tall = Math.Min(RowsATile, count - row);
                float* from = rows + ((long)row * depth), to = sums + ((long)row * columns) + first;
                if (width == Width && tall == RowsATile)
                {
                    AddTile(from, panel, to, columns);
                    continue;
                }

                for (int i = 0; i < tall; i++)
                {
                    new Span<float>(to + ((long)i * columns), width).CopyTo(new Span<float>(room, width));
                    AddRow(from + ((long)i * depth), panel, room);
                    new Span<float>(room, width).CopyTo(new Span<float>(to + ((long)i * columns), width));
                }
            }
        }
    }

    private void AddTile(float* a, float* panel, float* sums, long stride)
    {
        int lanes = Vector<float>.Count;
        float* a1 = a + depth, a2 = a1 + depth, a3 = a2 + depth;
        float* c1 = sums + stride, c2 = c1 + stride, c3 = c2 + stride;
        Vector<float> s00 = Vector.Load(sums), s01 = Vector.Load(sums + lanes), s10 = Vector.Load(c1), s11 = Vector.Load(c1 + lanes);
        Vector<float> s20 = Vector.Load(c2), s21 = Vector.Load(c2 + lanes), s30 = Vector.Load(c3), s31 = Vector.Load(c3 + lanes);
        for (int k = 0; k < depth; k++)
        {
            Vector<float> b0 = Vector.Load(panel), b1 = Vector.Load(panel + lanes);
            var x = new Vector<float>(a[k]);
            s00 = Vector.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector.MultiplyAddEstimate(x, b1, s01);
            x = new Vector<float>(a1[k]);
            s10 = Vector.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector.MultiplyAddEstimate(x, b1, s11);
            x = new Vector<float>(a2[k]);
            s20 = Vector.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector.MultiplyAddEstimate(x, b1, s21);
            x = new Vector<float>(a3[k]);
            s30 = Vector.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector.MultiplyAddEstimate(x, b1, s31);
            panel += 2 * lanes;
        }

        s00.Store(sums);
        s01.Store(sums + lanes);
        s10.Store(c1);
        s11.Store(c1 + lanes);
        s20.Store(c2);
        s21.Store(c2 + lanes);
        s30.Store(c3);
        s31.Store(c3 + lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddRow(float* a, float* panel, float* sums)
    {
        int lanes = Vector<float>.Count;
        Vector<float> s0 = Vector.Load(sums), s1 = Vector.Load(sums + lanes);
        for (int k = 0; k < depth; k++)
        {
            var x = new Vector<float>(a[k]);
            s0 = Vector.MultiplyAddEstimate(x, Vector.Load(panel), s0);
            s1 = Vector.MultiplyAddEstimate(x, Vector.Load(panel + lanes), s1);
            panel += 2 * lanes;
        }

        s0.Store(sums);
        s1.Store(sums + lanes);
    }
}
