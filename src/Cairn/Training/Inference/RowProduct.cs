using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Cairn.Native;

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
    /// <summary>Numbers of room that <see cref="Multiply"/> needs: for zeros, for sums and for a panel.</summary>
    public const int Room = MostColumns + (MostRows * MostColumns) + (LongestPiece * MostColumns);

    private const int LongestPiece = 192;
    private const int MostColumns = 32;
    private const int MostRows = 8;

    // Panels that single rows read at once: whole lines of the matrix.
    private const int AdjacentPanels = 4;

    // From this number of rows on, copying a panel costs less than reading it from distant addresses again.
    private const int ManyRows = 16;

    /// <summary>Whether the processor multiplies and adds vectors with one rounding.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated
        || (Vector.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.Arm64.IsSupported));

    /// <summary>Computes the product.</summary>
    /// <param name="x">The rows, contiguous.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="following">Number of rows that come next in memory, for the next product with the matrix.</param>
    /// <param name="depth">Numbers per row.</param>
    /// <param name="matrix">The matrix, <c>[depth, columns]</c>.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="y">The result, <c>[rows, columns]</c>.</param>
    /// <param name="room">Memory for <see cref="Room"/> numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* x, int rows, int following, int depth, float* matrix, int columns, float* y, float* room)
    {
        new Span<float>(room, MostColumns).Clear();
        int piece = PieceOf(depth);
        for (int k = 0; k < depth; k += piece)
        {
            int next = k + piece < depth ? k + piece : 0;
            RowPrefetch ahead = piece == depth ? default : new RowPrefetch(
                x + (next == 0 ? (long)rows * depth : next), depth, Math.Min(piece, depth - next), next == 0 ? following : rows);
            MultiplyPiece(x, rows, depth, (k, Math.Min(piece, depth - k)), matrix, columns, y, room, ahead);
        }
    }

    /// <summary>
    /// The products with some rows of the matrix, panel by panel: this part of the rows is in the cache after the first panel.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPiece(
        float* x, int rows, int depth, (int First, int Length) piece, float* matrix, int columns, float* y, float* room,
        RowPrefetch ahead)
    {
        float* panel = room + MostColumns + (MostRows * MostColumns), from = matrix + ((long)piece.First * columns);
        int width = PanelProduct.Width, count;
        bool adds = piece.First > 0;
        for (int first = 0; first < columns; first += count)
        {
            count = Math.Min(width, columns - first);
            var operands = new PanelOperands
            {
                A = x + piece.First,
                ARow = depth,
                AColumn = 1,
                Depth = piece.Length,
                Panel = from + first,
                PanelRow = columns,
                Initial = room,
                C = y + first,
                CRow = columns,
            };
            if (rows >= ManyRows || (count < width && depth < 2 * width))
            {
                PanelProduct.Pack(from, columns, piece.Length, columns, first, panel);
                operands.Panel = panel;
                operands.PanelRow = width;
                int panels = (columns + width - 1) / width, index = first / width;
                for (int row = 0; row < rows; row += ManyRows, operands.Skip(ManyRows))
                {
                    ahead.Fetch(row, ManyRows, index, panels);
                    MultiplyTiles(operands, Math.Min(ManyRows, rows - row), count, adds, room + MostColumns);
                }
            }
            else if (count < width)
            {
                // Whole vectors of the last rows would leave the matrix.
                long available = ((long)(depth - piece.First) * columns) - first;
                int safe = available < width ? 0 : (int)Math.Min(((available - width) / columns) + 1, piece.Length);
                PanelProduct.Pack(from + ((long)safe * columns), columns, piece.Length - safe, columns, first, panel);
                MultiplyTiles(operands, rows, count, adds, room + MostColumns, safe, panel);
            }
            else if (rows < PanelProduct.TileRows / 2 && columns - first >= AdjacentPanels * width)
            {
                count = AdjacentPanels * width;
                MultiplySingleRows(operands, rows, count, adds, room + MostColumns);
            }
            else
            {
                MultiplyTiles(operands, rows, count, adds, room + MostColumns);
            }
        }
    }

    /// <summary>The number of products that are summed up before the sum is added to the others.</summary>
    private static int PieceOf(int depth)
    {
        int pieces = (depth + LongestPiece - 1) / LongestPiece;
        return (depth + pieces - 1) / pieces;
    }

    /// <summary>Multiplies rows by one panel.</summary>
    /// <param name="operands">The rows and the panel.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Columns of the panel that belong to the result.</param>
    /// <param name="adds">Whether to add to the result instead of overwriting it.</param>
    /// <param name="sums">Room for the sums of a tile.</param>
    /// <param name="safe">Products whose numbers are in the panel of the operands; -1 for all.</param>
    /// <param name="rest">The panel for the other products, contiguous.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTiles(
        PanelOperands operands, int rows, int count, bool adds, float* sums, int safe = -1, float* rest = null)
    {
        int width = PanelProduct.Width;
        bool isHalf = PanelProduct.IsHalf(count, 0);
        if (count == width && !adds)
        {
            PanelProduct.Multiply(operands, rows, isHalf);
            return;
        }

        for (; rows > 0; rows -= PanelProduct.TileRows, operands.Skip(PanelProduct.TileRows))
        {
            int tall = Math.Min(PanelProduct.TileRows, rows);
            PanelOperands aside = operands;
            aside.C = sums;
            aside.CRow = width;
            if (safe < 0)
            {
                PanelProduct.Multiply(aside, tall, isHalf);
            }
            else
            {
                aside.Depth = safe;
                PanelProduct.Multiply(aside, tall, isHalf);
                aside.A += safe;
                aside.Depth = operands.Depth - safe;
                aside.Panel = rest;
                aside.PanelRow = aside.InitialRow = width;
                aside.Initial = sums;
                PanelProduct.Multiply(aside, tall, isHalf);
            }

            Put(sums, width, operands.C, operands.CRow, tall, count, adds);
        }
    }

    private static void MultiplySingleRows(PanelOperands operands, int rows, int count, bool adds, float* sums)
    {
        for (; rows > 0; rows--, operands.Skip(1))
        {
            PanelOperands target = operands;
            target.C = adds ? sums : operands.C;
            PanelProduct.MultiplyFour(target);
            if (adds)
            {
                Put(sums, count, operands.C, operands.CRow, 1, count, adds: true);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Put(float* sums, nint sumsRow, float* y, nint yRow, int rows, int count, bool adds)
    {
        for (int row = 0; row < rows; row++, sums += sumsRow, y += yRow)
        {
            int i = 0;
            for (; Vector512.IsHardwareAccelerated && i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var sum = Vector512.Load(sums + i);
                (adds ? Vector512.Load(y + i) + sum : sum).Store(y + i);
            }

            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            {
                var sum = Vector.Load(sums + i);
                (adds ? Vector.Load(y + i) + sum : sum).Store(y + i);
            }

            for (; i < count; i++)
            {
                y[i] = adds ? y[i] + sums[i] : sums[i];
            }
        }
    }
}
