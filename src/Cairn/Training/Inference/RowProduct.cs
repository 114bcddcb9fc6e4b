using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Cairn.Training.Inference;

/// <summary>The product of some rows with a matrix in C order, which is read where it is.</summary>
/// <remarks>
/// <para>
/// Each element is a sum in the order of the rows of the matrix, in pieces of <see cref="PieceOf"/>, with one rounding per product. It does
/// not depend on the number of rows or threads, or on the lanes of the processor: a row alone has the same bits as in a batch.
/// </para>
/// <para>
/// For many rows, a panel of two vectors' width is copied so that it is contiguous; for few rows this would take longer than the product.
/// Nothing is kept from call to call, so changed weights can't be missed.
/// </para>
/// </remarks>
internal static unsafe class RowProduct
{
    /// <summary>Numbers of room that <see cref="Multiply"/> needs.</summary>
    public const int Room = (LongestPiece * MostColumns) + (2 * MostRows * MostColumns);

    private const int LongestPiece = 192;
    private const int MostColumns = 32;
    private const int MostRows = 8;

    // From this number of rows on, copying a panel costs less than reading it from distant addresses again.
    private const int ManyRows = 16;

    /// <summary>Whether the processor multiplies and adds vectors with one rounding.</summary>
    public static bool IsSupported =>
        IsWide || (Vector.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.Arm64.IsSupported));

    /// <summary>Rows of a tile. A number of rows that is a multiple of it is fastest.</summary>
    public static int TileRows => IsWide ? MostRows : MostRows / 2;

    private static bool IsWide => Vector512.IsHardwareAccelerated;

    private static int Columns => IsWide ? MostColumns : 2 * Vector<float>.Count;

    /// <summary>Computes the product.</summary>
    /// <param name="x">The rows, contiguous.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="depth">Numbers per row.</param>
    /// <param name="matrix">The matrix, <c>[depth, columns]</c>.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="y">The result, <c>[rows, columns]</c>.</param>
    /// <param name="room">Memory for <see cref="Room"/> numbers.</param>
    public static void Multiply(float* x, int rows, int depth, float* matrix, int columns, float* y, float* room)
    {
        int piece = PieceOf(depth);
        for (int k = 0; k < depth; k += piece)
        {
            MultiplyPiece(x, rows, depth, (k, Math.Min(piece, depth - k)), matrix, columns, y, room);
        }
    }

    /// <summary>
    /// The products with some rows of the matrix, panel by panel: this part of the rows is in the cache after the first panel.
    /// </summary>
    private static void MultiplyPiece(
        float* x, int rows, int depth, (int First, int Length) piece, float* matrix, int columns, float* y, float* room)
    {
        float* panel = room + (2 * MostRows * MostColumns);
        int width = Columns, count;
        for (int first = 0; first < columns; first += count)
        {
            count = Math.Min(width, columns - first);
            float* from = matrix + ((long)piece.First * columns) + first;
            var part = new Part(x + piece.First, depth, y + first, columns, piece.Length, piece.First > 0);
            long available = ((long)(depth - piece.First) * columns) - first;
            if (rows >= ManyRows || (count < width && depth < 2 * width))
            {
                Copy(from, columns, piece.Length, available, count, panel);
                MultiplyTiles(part, panel, width, rows, count, room);
            }
            else if (count < width)
            {
                MultiplyNarrow(part, from, rows, count, available, room, panel);
            }
            else
            {
                // Single rows read several panels at once: whole lines of the matrix.
                count = rows < TileRows / 2 && columns - first >= 4 * width ? 4 * width : width;
                MultiplyRows(part, from, columns, rows, count / width);
            }
        }
    }

    /// <summary>The number of products that are summed up before the sum is added to the others.</summary>
    private static int PieceOf(int depth)
    {
        int pieces = (depth + LongestPiece - 1) / LongestPiece;
        return (depth + pieces - 1) / pieces;
    }

    // Reads whole vectors, beyond the columns of the panel, except at the end of the matrix.
    private static void Copy(float* from, long stride, int length, long available, int count, float* panel)
    {
        int width = Columns;
        for (int k = 0; k < length; k++, from += stride, panel += width, available -= stride)
        {
            if (available >= width)
            {
                CopyLine(from, panel);
            }
            else
            {
                new Span<float>(from, count).CopyTo(new Span<float>(panel, count));
                new Span<float>(panel + count, width - count).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLine(float* from, float* to)
    {
        if (IsWide)
        {
            Vector512.Load(from).Store(to);
            Vector512.Load(from + Vector512<float>.Count).Store(to + Vector512<float>.Count);
        }
        else
        {
            Vector.Load(from).Store(to);
            Vector.Load(from + Vector<float>.Count).Store(to + Vector<float>.Count);
        }
    }

    /// <summary>Few rows and whole panels, read in place.</summary>
    private static void MultiplyRows(Part part, float* matrix, long stride, int rows, int panels)
    {
        int row = 0;
        if (panels == 1)
        {
            for (; row + TileRows <= rows; row += TileRows)
            {
                Tile(part.At(row), matrix, stride);
            }

            for (; row + (TileRows / 2) <= rows; row += TileRows / 2)
            {
                HalfTile(part.At(row), matrix, stride);
            }
        }

        for (; row < rows; row++)
        {
            if (panels == 4)
            {
                WideRow(part.At(row), matrix, stride);
            }
            else
            {
                Row(part.At(row), matrix, stride);
            }
        }
    }

    /// <summary>Rows and a panel that is contiguous, and may be narrower than it has room for.</summary>
    private static void MultiplyTiles(Part part, float* panel, int stride, int rows, int count, float* room)
    {
        for (int row = 0; row < rows; row += TileRows)
        {
            int tall = Math.Min(TileRows, rows - row);
            Part at = part.At(row);
            Part target = count == stride ? at : at.Aside(room, stride, tall, count);
            if (tall == TileRows)
            {
                Tile(target, panel, stride);
            }
            else
            {
                int done = 0;
                for (; done + (TileRows / 2) <= tall; done += TileRows / 2)
                {
                    HalfTile(target.At(done), panel, stride);
                }

                for (; done < tall; done++)
                {
                    Row(target.At(done), panel, stride);
                }
            }

            if (count != stride)
            {
                target.Return(at, tall, count);
            }
        }
    }

    /// <summary>Few rows and a panel narrower than two vectors, read in place but for its end, where a vector would leave the matrix.</summary>
    private static void MultiplyNarrow(Part part, float* from, int rows, int count, long available, float* room, float* panel)
    {
        int width = Columns;
        long stride = part.StrideOfSums;
        int safe = available < width ? 0 : (int)Math.Min(((available - width) / stride) + 1, part.Depth);
        Copy(from + (safe * stride), stride, part.Depth - safe, available - (safe * stride), count, panel);
        for (int row = 0; row < rows; row++)
        {
            Part at = part.At(row);
            Part target = at.InsteadIn(room, width);
            if (safe > 0)
            {
                Row(target.First(safe), from, stride);
            }

            if (safe < part.Depth)
            {
                Row(target.After(safe), panel, width, continues: safe > 0);
            }

            for (int i = 0; i < count; i++)
            {
                at.Sums[i] = part.Adds ? at.Sums[i] + room[i] : room[i];
            }
        }
    }

    private static void Tile(Part part, float* panel, long stride)
    {
        if (IsWide)
        {
            WideTile(part, panel, stride);
        }
        else
        {
            NarrowTile(part, panel, stride);
        }
    }

    private static void HalfTile(Part part, float* panel, long stride)
    {
        if (IsWide)
        {
            WideHalfTile(part, panel, stride);
        }
        else
        {
            Row(part, panel, stride);
            Row(part.At(1), panel, stride);
        }
    }

    // Eight rows and two vectors are sixteen sums in flight: more than two multipliers with a latency of four cycles need, and few loads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideTile(Part part, float* panel, long stride)
    {
        const int Lanes = 16;
        long d = part.Stride, s = part.StrideOfSums;
        float* a0 = part.X, a1 = a0 + d, a2 = a1 + d, a3 = a2 + d, a4 = a3 + d, a5 = a4 + d, a6 = a5 + d, a7 = a6 + d;
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default,
            s31 = default, s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default,
            s71 = default;
        nint depth = part.Depth;
        for (nint k = 0; k < depth; k++)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            panel += stride;
            var x = Vector512.Create(a0[k]);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(a1[k]);
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(a2[k]);
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(a3[k]);
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            x = Vector512.Create(a4[k]);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            x = Vector512.Create(a5[k]);
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            x = Vector512.Create(a6[k]);
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
            x = Vector512.Create(a7[k]);
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
        }

        float* c = part.Sums;
        bool adds = part.Adds;
        Put(c, s00, s01, adds);
        Put(c + s, s10, s11, adds);
        Put(c + (2 * s), s20, s21, adds);
        Put(c + (3 * s), s30, s31, adds);
        Put(c + (4 * s), s40, s41, adds);
        Put(c + (5 * s), s50, s51, adds);
        Put(c + (6 * s), s60, s61, adds);
        Put(c + (7 * s), s70, s71, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideHalfTile(Part part, float* panel, long stride)
    {
        const int Lanes = 16;
        long d = part.Stride, s = part.StrideOfSums;
        float* a0 = part.X, a1 = a0 + d, a2 = a1 + d, a3 = a2 + d;
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default,
            s31 = default;
        nint depth = part.Depth;
        for (nint k = 0; k < depth; k++)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            panel += stride;
            var x = Vector512.Create(a0[k]);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(a1[k]);
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(a2[k]);
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(a3[k]);
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
        }

        float* c = part.Sums;
        bool adds = part.Adds;
        Put(c, s00, s01, adds);
        Put(c + s, s10, s11, adds);
        Put(c + (2 * s), s20, s21, adds);
        Put(c + (3 * s), s30, s31, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NarrowTile(Part part, float* panel, long stride)
    {
        int lanes = Vector<float>.Count;
        long d = part.Stride, s = part.StrideOfSums;
        float* a0 = part.X, a1 = a0 + d, a2 = a1 + d, a3 = a2 + d;
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default,
            s31 = default;
        nint depth = part.Depth;
        for (nint k = 0; k < depth; k++)
        {
            Vector<float> b0 = Vector.Load(panel), b1 = Vector.Load(panel + lanes);
            panel += stride;
            var x = new Vector<float>(a0[k]);
            s00 = Vector.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector.FusedMultiplyAdd(x, b1, s01);
            x = new Vector<float>(a1[k]);
            s10 = Vector.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector.FusedMultiplyAdd(x, b1, s11);
            x = new Vector<float>(a2[k]);
            s20 = Vector.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector.FusedMultiplyAdd(x, b1, s21);
            x = new Vector<float>(a3[k]);
            s30 = Vector.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector.FusedMultiplyAdd(x, b1, s31);
        }

        float* c = part.Sums;
        bool adds = part.Adds;
        Put(c, s00, s01, adds);
        Put(c + s, s10, s11, adds);
        Put(c + (2 * s), s20, s21, adds);
        Put(c + (3 * s), s30, s31, adds);
    }

    /// <summary>One row and one panel.</summary>
    /// <param name="part">The row.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="stride">Distance of its rows.</param>
    /// <param name="continues">Whether to begin with the present sums instead of zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(Part part, float* panel, long stride, bool continues = false)
    {
        float* a = part.X, c = part.Sums;
        nint depth = part.Depth;
        if (IsWide)
        {
            Vector512<float> w0 = default, w1 = default;
            if (continues)
            {
                (w0, w1) = (Vector512.Load(c), Vector512.Load(c + Vector512<float>.Count));
            }

            for (nint k = 0; k < depth; k++, panel += stride)
            {
                var x = Vector512.Create(a[k]);
                w0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel), w0);
                w1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + Vector512<float>.Count), w1);
            }

            Put(c, w0, w1, part.Adds);
            return;
        }

        Vector<float> s0 = default, s1 = default;
        if (continues)
        {
            (s0, s1) = (Vector.Load(c), Vector.Load(c + Vector<float>.Count));
        }

        for (nint k = 0; k < depth; k++, panel += stride)
        {
            var x = new Vector<float>(a[k]);
            s0 = Vector.FusedMultiplyAdd(x, Vector.Load(panel), s0);
            s1 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + Vector<float>.Count), s1);
        }

        Put(c, s0, s1, part.Adds);
    }

    /// <summary>One row and four adjacent panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideRow(Part part, float* panel, long stride)
    {
        float* a = part.X, c = part.Sums;
        nint depth = part.Depth;
        bool adds = part.Adds;
        if (IsWide)
        {
            const int Wide = 16;
            Vector512<float> w0 = default, w1 = default, w2 = default, w3 = default, w4 = default, w5 = default, w6 = default, w7 = default;
            for (nint k = 0; k < depth; k++, panel += stride)
            {
                var x = Vector512.Create(a[k]);
                w0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel), w0);
                w1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + Wide), w1);
                w2 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (2 * Wide)), w2);
                w3 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (3 * Wide)), w3);
                w4 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (4 * Wide)), w4);
                w5 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (5 * Wide)), w5);
                w6 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (6 * Wide)), w6);
                w7 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + (7 * Wide)), w7);
            }

            Put(c, w0, w1, adds);
            Put(c + (2 * Wide), w2, w3, adds);
            Put(c + (4 * Wide), w4, w5, adds);
            Put(c + (6 * Wide), w6, w7, adds);
            return;
        }

        int lanes = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (nint k = 0; k < depth; k++, panel += stride)
        {
            var x = new Vector<float>(a[k]);
            s0 = Vector.FusedMultiplyAdd(x, Vector.Load(panel), s0);
            s1 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + lanes), s1);
            s2 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (2 * lanes)), s2);
            s3 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (3 * lanes)), s3);
            s4 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (4 * lanes)), s4);
            s5 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (5 * lanes)), s5);
            s6 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (6 * lanes)), s6);
            s7 = Vector.FusedMultiplyAdd(x, Vector.Load(panel + (7 * lanes)), s7);
        }

        Put(c, s0, s1, adds);
        Put(c + (2 * lanes), s2, s3, adds);
        Put(c + (4 * lanes), s4, s5, adds);
        Put(c + (6 * lanes), s6, s7, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* to, Vector512<float> first, Vector512<float> second, bool adds)
    {
        float* next = to + Vector512<float>.Count;
        (adds ? Vector512.Load(to) + first : first).Store(to);
        (adds ? Vector512.Load(next) + second : second).Store(next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* to, Vector<float> first, Vector<float> second, bool adds)
    {
        float* next = to + Vector<float>.Count;
        (adds ? Vector.Load(to) + first : first).Store(to);
        (adds ? Vector.Load(next) + second : second).Store(next);
    }

    /// <summary>Rows and sums, in part: from a column of the rows on, and from a column of the sums on.</summary>
    /// <param name="x">The first number of the first row.</param>
    /// <param name="stride">Distance of the rows.</param>
    /// <param name="sums">The first sum.</param>
    /// <param name="strideOfSums">Distance of the rows of sums.</param>
    /// <param name="depth">Numbers per row.</param>
    /// <param name="adds">Whether to add to the sums instead of overwriting them.</param>
    private readonly struct Part(float* x, long stride, float* sums, long strideOfSums, int depth, bool adds)
    {
        public float* X => x;

        public long Stride => stride;

        public float* Sums => sums;

        public long StrideOfSums => strideOfSums;

        public int Depth => depth;

        public bool Adds => adds;

        /// <summary>From a row on.</summary>
        public Part At(int row) => new(x + (row * stride), stride, sums + (row * strideOfSums), strideOfSums, depth, adds);

        /// <summary>The first numbers of the rows only.</summary>
        public Part First(int count) => new(x, stride, sums, strideOfSums, count, adds);

        /// <summary>The numbers after the first ones.</summary>
        public Part After(int count) => new(x + count, stride, sums, strideOfSums, depth - count, adds);

        /// <summary>With sums in another place, which it overwrites.</summary>
        public Part InsteadIn(float* room, int width) => new(x, stride, room, width, depth, false);

        /// <summary>With sums in another place, with room for whole vectors.</summary>
        public Part Aside(float* room, int width, int rows, int count)
        {
            for (int row = 0; adds && row < rows; row++)
            {
                new Span<float>(sums + (row * strideOfSums), count).CopyTo(new Span<float>(room + (row * width), count));
            }

            return new(x, stride, room, width, depth, adds);
        }

        /// <summary>Copies the sums to where they belong.</summary>
        public void Return(Part to, int rows, int count)
        {
            for (int row = 0; row < rows; row++)
            {
                new Span<float>(sums + (row * strideOfSums), count).CopyTo(new Span<float>(to.Sums + (row * to.StrideOfSums), count));
            }
        }
    }
}
