using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cairn.Native;

/// <summary>Products of matrices in memory, computed panel by panel: some columns of the result at a time.</summary>
/// <remarks>
/// libtorch's products come from MKL, which on processors of other makers uses only vectors of 256 bits. Here a panel of the second matrix
/// is packed in reading order, and sums are kept in registers, so that the columns of a result can be divided among threads and the
/// operations that follow can be computed while they are in a core's cache.
/// </remarks>
internal static unsafe class PanelProduct
{
    /// <summary>Rows of matrices in the plan's memory begin at a multiple of this.</summary>
    public const int RowMultiple = 16;

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated || (Avx2.IsSupported && Fma.IsSupported);

    /// <summary>Columns of a panel.</summary>
    public static int Width => 2 * Half;

    private static int Half => Vector512.IsHardwareAccelerated ? WideLanes.Count : SystemLanes.Count;

    /// <summary>The number of panels for this number of columns.</summary>
    public static int Panels(int columns) => (columns + Width - 1) / Width;

    /// <summary>The length of a row of the plan's memory for this number of columns.</summary>
    public static int Padded(int columns) => (columns + RowMultiple - 1) / RowMultiple * RowMultiple;

    /// <summary>Packs columns of a matrix.</summary>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="row">The distance from row to row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns of the whole matrix.</param>
    /// <param name="first">The first column of the panel.</param>
    /// <param name="panel">The panel, filled up with zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* matrix, nint row, int rows, int columns, int first, float* panel)
    {
        int count = Math.Min(Width, columns - first);
        float* from = matrix + first;
        if (count == Width)
        {
            for (int k = 0; k < rows; k++, from += row, panel += Width)
            {
                CopyRow(from, panel);
            }

            return;
        }

        for (int k = 0; k < rows; k++, from += row, panel += Width)
        {
            new Span<float>(from, count).CopyTo(new Span<float>(panel, count));
            new Span<float>(panel + count, Width - count).Clear();
        }
    }

    /// <summary>Packs the columns of several panels that are all in the matrix, row by row.</summary>
    /// <param name="from">The first column of the first row.</param>
    /// <param name="row">The distance from row to row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Number of panels.</param>
    /// <param name="panels">The panels, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackWhole(float* from, nint row, int rows, int count, float* panels)
    {
        nint size = (nint)rows * Width;
        for (int k = 0; k < rows; k++, from += row, panels += Width)
        {
            for (int i = 0; i < count; i++)
            {
                CopyRow(from + (i * Width), panels + (i * size));
            }
        }
    }

    /// <summary>Packs columns of the transpose of a matrix.</summary>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="row">The distance from row to row.</param>
    /// <param name="rows">Number of rows, which are the columns of the transpose.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="first">The first row that becomes a column of the panel.</param>
    /// <param name="panel">The panel, filled up with zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed(float* matrix, nint row, int rows, int columns, int first, float* panel)
    {
        int count = Math.Min(Width, rows - first);
        Transpose(matrix + (first * row), row, count, columns, panel, Width);
        for (int k = 0; k < columns && count < Width; k++)
        {
            new Span<float>(panel + ((nint)k * Width) + count, Width - count).Clear();
        }
    }

    /// <summary>Copies the transpose of a matrix.</summary>
    /// <param name="from">The matrix, row by row.</param>
    /// <param name="row">The distance from row to row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="to">The transpose.</param>
    /// <param name="toRow">The distance from row to row of the transpose.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* from, nint row, int rows, int columns, float* to, nint toRow)
    {
        const int Block = 8;
        int tall = Avx.IsSupported ? rows / Block * Block : 0, wide = Avx.IsSupported ? columns / Block * Block : 0;
        for (int i = 0; i < tall; i += Block)
        {
            for (int j = 0; j < wide; j += Block)
            {
                TransposeBlock(from + (i * row) + j, row, to + (j * toRow) + i, toRow);
            }
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = i < tall ? wide : 0; j < columns; j++)
            {
                to[(j * toRow) + i] = from[(i * row) + j];
            }
        }
    }

    /// <summary>Multiplies rows by a panel.</summary>
    /// <param name="operands">The rows and the panel.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="isHalf">Whether only the first half of the panel is needed; see <see cref="IsHalf"/>.</param>
    public static void Multiply(in PanelOperands operands, int rows, bool isHalf)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            PanelTiles<WideLanes, Vector512<float>, EvenPlaces>.Multiply(operands, rows, isHalf);
        }
        else
        {
            PanelTiles<SystemLanes, Vector<float>, EvenPlaces>.Multiply(operands, rows, isHalf);
        }
    }

    /// <summary>Multiplies rows by a panel; rows and columns are listed.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyListed(in PanelOperands operands, int rows, bool isHalf)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            PanelTiles<WideLanes, Vector512<float>, ListedPlaces>.Multiply(operands, rows, isHalf);
        }
        else
        {
            PanelTiles<SystemLanes, Vector<float>, ListedPlaces>.Multiply(operands, rows, isHalf);
        }
    }

    /// <summary>
    /// Multiplies rows by a panel whose last columns have no place in the rows of the result: some rows at a time, aside.
    /// </summary>
    /// <param name="operands">The rows and the panel.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns of the result, less than <see cref="Width"/>.</param>
    /// <param name="room">Memory for <see cref="TileRows"/> rows of the panel's width.</param>
    public static void MultiplyAside(PanelOperands operands, int rows, int width, float* room)
    {
        for (; rows > 0; rows -= TileRows, operands.Skip(TileRows))
        {
            int tall = Math.Min(rows, TileRows);
            PanelOperands aside = operands;
            aside.Initial = aside.C = room;
            aside.InitialRow = aside.CRow = Width;
            for (int i = 0; i < tall; i++)
            {
                new Span<float>(operands.Initial + (i * operands.InitialRow), width).CopyTo(new Span<float>(room + (i * Width), width));
            }

            Multiply(aside, tall, IsHalf(width, 0));
            for (int i = 0; i < tall; i++)
            {
                new Span<float>(room + (i * Width), width).CopyTo(new Span<float>(operands.C + (i * operands.CRow), width));
            }
        }
    }

    /// <summary>Multiplies one contiguous row by four panels that lie side by side, with sums that begin with 0.</summary>
    public static void MultiplyFour(in PanelOperands operands)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            PanelTiles<WideLanes, Vector512<float>, EvenPlaces>.MultiplyFour(operands);
        }
        else
        {
            PanelTiles<SystemLanes, Vector<float>, EvenPlaces>.MultiplyFour(operands);
        }
    }

    /// <summary>Rows of a tile. A number of rows that is a multiple of it is fastest.</summary>
    public static int TileRows => Vector512.IsHardwareAccelerated ? WideLanes.TileRows : SystemLanes.TileRows;

    /// <summary>Whether only the first half of a panel has columns of the matrix, or padding that belongs to its rows.</summary>
    public static bool IsHalf(int columns, int first) => columns - first <= Half;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow(float* from, float* to)
    {
        if (Vector512.IsHardwareAccelerated)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeBlock(float* from, nint row, float* to, nint toRow)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + row);
        Vector256<float> r2 = Vector256.Load(from + (2 * row)), r3 = Vector256.Load(from + (3 * row));
        Vector256<float> r4 = Vector256.Load(from + (4 * row)), r5 = Vector256.Load(from + (5 * row));
        Vector256<float> r6 = Vector256.Load(from + (6 * row)), r7 = Vector256.Load(from + (7 * row));
        Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1), t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> t4 = Avx.UnpackLow(r4, r5), t5 = Avx.UnpackHigh(r4, r5), t6 = Avx.UnpackLow(r6, r7), t7 = Avx.UnpackHigh(r6, r7);
        r0 = Avx.Shuffle(t0, t2, 0x44);
        r1 = Avx.Shuffle(t0, t2, 0xEE);
        r2 = Avx.Shuffle(t1, t3, 0x44);
        r3 = Avx.Shuffle(t1, t3, 0xEE);
        r4 = Avx.Shuffle(t4, t6, 0x44);
        r5 = Avx.Shuffle(t4, t6, 0xEE);
        r6 = Avx.Shuffle(t5, t7, 0x44);
        r7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(r0, r4, 0x20).Store(to);
        Avx.Permute2x128(r1, r5, 0x20).Store(to + toRow);
        Avx.Permute2x128(r2, r6, 0x20).Store(to + (2 * toRow));
        Avx.Permute2x128(r3, r7, 0x20).Store(to + (3 * toRow));
        Avx.Permute2x128(r0, r4, 0x31).Store(to + (4 * toRow));
        Avx.Permute2x128(r1, r5, 0x31).Store(to + (5 * toRow));
        Avx.Permute2x128(r2, r6, 0x31).Store(to + (6 * toRow));
        Avx.Permute2x128(r3, r7, 0x31).Store(to + (7 * toRow));
    }
}
