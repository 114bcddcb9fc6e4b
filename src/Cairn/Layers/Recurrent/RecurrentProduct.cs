using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    private static int Width => 2 * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector<float>.Count);

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
        float* room = stackalloc float[RowsATile * Width];
        for (int first = 0; first < columns; first += Width)
        {
            float* panel = panels + ((long)first * depth);
            int width = Math.Min(Width, columns - first);
            int done = width == Width && Vector512.IsHardwareAccelerated ? count / (2 * RowsATile) * (2 * RowsATile) : 0;
            for (int row = 0; row < done; row += 2 * RowsATile)
            {
                AddWideTilePair(rows + ((long)row * depth), panel, sums + ((long)row * columns) + first, columns);
            }

            for (int row = done; row < count; row += RowsATile)
            {
                int tall = Math.Min(RowsATile, count - row);
                float* from = rows + ((long)row * depth), to = sums + ((long)row * columns) + first;
                if (width == Width && tall == RowsATile)
                {
                    AddTile(from, panel, to, columns);
                }
                else
                {
                    AddPart(from, panel, to, width, tall, room);
                }
            }
        }
    }

    /// <summary>Adds to a tile that is narrower or lower than others, in a full one aside.</summary>
    private void AddPart(float* from, float* panel, float* to, int width, int tall, float* room)
    {
        for (int i = 0; i < tall; i++)
        {
            new Span<float>(to + ((long)i * columns), width).CopyTo(new Span<float>(room + (i * Width), width));
        }

        if (tall == RowsATile)
        {
            AddTile(from, panel, room, Width);
        }
        else
        {
            for (int i = 0; i < tall; i++)
            {
                AddRow(from + ((long)i * depth), panel, room + (i * Width));
            }
        }

        for (int i = 0; i < tall; i++)
        {
            new Span<float>(room + (i * Width), width).CopyTo(new Span<float>(to + ((long)i * columns), width));
        }
    }

    private void AddTile(float* a, float* panel, float* sums, long stride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            AddWideTile(a, panel, sums, stride);
        }
        else
        {
            AddNarrowTile(a, panel, sums, stride);
        }
    }

    // By hand, because Vector<float> has 8 lanes on these processors too. A lane computes the same in the same order, so bits are the same.
    private void AddWideTile(float* a, float* panel, float* sums, long stride)
    {
        const int Lanes = 16;
        float* a1 = a + depth, a2 = a1 + depth, a3 = a2 + depth;
        float* c1 = sums + stride, c2 = c1 + stride, c3 = c2 + stride;
        Vector512<float> s00 = Vector512.Load(sums), s01 = Vector512.Load(sums + Lanes);
        Vector512<float> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + Lanes);
        Vector512<float> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + Lanes);
        Vector512<float> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + Lanes);
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            var x = Vector512.Create(a[k]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector512.MultiplyAddEstimate(x, b1, s01);
            x = Vector512.Create(a1[k]);
            s10 = Vector512.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector512.MultiplyAddEstimate(x, b1, s11);
            x = Vector512.Create(a2[k]);
            s20 = Vector512.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector512.MultiplyAddEstimate(x, b1, s21);
            x = Vector512.Create(a3[k]);
            s30 = Vector512.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector512.MultiplyAddEstimate(x, b1, s31);
            panel += 2 * Lanes;
        }

        s00.Store(sums);
        s01.Store(sums + Lanes);
        s10.Store(c1);
        s11.Store(c1 + Lanes);
        s20.Store(c2);
        s21.Store(c2 + Lanes);
        s30.Store(c3);
        s31.Store(c3 + Lanes);
    }

    // Two tiles at once read each number of the panel once for both.
    private void AddWideTilePair(float* a, float* panel, float* sums, long stride)
    {
        const int Lanes = 16;
        float* a1 = a + depth, a2 = a1 + depth, a3 = a2 + depth, a4 = a3 + depth, a5 = a4 + depth, a6 = a5 + depth, a7 = a6 + depth;
        float* c1 = sums + stride, c2 = c1 + stride, c3 = c2 + stride, c4 = c3 + stride, c5 = c4 + stride, c6 = c5 + stride;
        float* c7 = c6 + stride;
        Vector512<float> s00 = Vector512.Load(sums), s01 = Vector512.Load(sums + Lanes);
        Vector512<float> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + Lanes);
        Vector512<float> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + Lanes);
        Vector512<float> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + Lanes);
        Vector512<float> s40 = Vector512.Load(c4), s41 = Vector512.Load(c4 + Lanes);
        Vector512<float> s50 = Vector512.Load(c5), s51 = Vector512.Load(c5 + Lanes);
        Vector512<float> s60 = Vector512.Load(c6), s61 = Vector512.Load(c6 + Lanes);
        Vector512<float> s70 = Vector512.Load(c7), s71 = Vector512.Load(c7 + Lanes);
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            var x = Vector512.Create(a[k]);
            s00 = Vector512.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector512.MultiplyAddEstimate(x, b1, s01);
            x = Vector512.Create(a1[k]);
            s10 = Vector512.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector512.MultiplyAddEstimate(x, b1, s11);
            x = Vector512.Create(a2[k]);
            s20 = Vector512.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector512.MultiplyAddEstimate(x, b1, s21);
            x = Vector512.Create(a3[k]);
            s30 = Vector512.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector512.MultiplyAddEstimate(x, b1, s31);
            x = Vector512.Create(a4[k]);
            s40 = Vector512.MultiplyAddEstimate(x, b0, s40);
            s41 = Vector512.MultiplyAddEstimate(x, b1, s41);
            x = Vector512.Create(a5[k]);
            s50 = Vector512.MultiplyAddEstimate(x, b0, s50);
            s51 = Vector512.MultiplyAddEstimate(x, b1, s51);
            x = Vector512.Create(a6[k]);
            s60 = Vector512.MultiplyAddEstimate(x, b0, s60);
            s61 = Vector512.MultiplyAddEstimate(x, b1, s61);
            x = Vector512.Create(a7[k]);
            s70 = Vector512.MultiplyAddEstimate(x, b0, s70);
            s71 = Vector512.MultiplyAddEstimate(x, b1, s71);
            panel += 2 * Lanes;
        }

        s00.Store(sums);
        s01.Store(sums + Lanes);
        s10.Store(c1);
        s11.Store(c1 + Lanes);
        s20.Store(c2);
        s21.Store(c2 + Lanes);
        s30.Store(c3);
        s31.Store(c3 + Lanes);
        s40.Store(c4);
        s41.Store(c4 + Lanes);
        s50.Store(c5);
        s51.Store(c5 + Lanes);
        s60.Store(c6);
        s61.Store(c6 + Lanes);
        s70.Store(c7);
        s71.Store(c7 + Lanes);
    }

    private void AddNarrowTile(float* a, float* panel, float* sums, long stride)
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
        if (Vector512.IsHardwareAccelerated)
        {
            AddWideRow(a, panel, sums);
            return;
        }

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

    private void AddWideRow(float* a, float* panel, float* sums)
    {
        const int Lanes = 16;
        Vector512<float> s0 = Vector512.Load(sums), s1 = Vector512.Load(sums + Lanes);
        for (int k = 0; k < depth; k++)
        {
            var x = Vector512.Create(a[k]);
            s0 = Vector512.MultiplyAddEstimate(x, Vector512.Load(panel), s0);
            s1 = Vector512.MultiplyAddEstimate(x, Vector512.Load(panel + Lanes), s1);
            panel += 2 * Lanes;
        }

        s0.Store(sums);
        s1.Store(sums + Lanes);
    }
}
