namespace Cairn.Native;

/// <summary>Products with panels of a matrix that may be larger than the caches: some rows of some panels at a time.</summary>
/// <remarks>
/// A matrix that is wider than a panel is read from memory faster in longer pieces of its rows than panel by panel. The sums of a piece go
/// on where those of the piece before ended, so no bit differs from a product in one piece.
/// </remarks>
internal static unsafe class PanelPieces
{
    /// <summary>The most panels that are packed together.</summary>
    public const int Together = 4;

    // Rows of the matrix: four panels of them, and the part of the other matrix that they are multiplied by, stay in the second-level
    // cache.
    private const int Longest = 512;
    private const int BlockRows = 64;

    /// <summary>How many numbers of room a product needs at most; never less than for a smaller depth.</summary>
    /// <param name="depth">Number of products that each sum has.</param>
    public static long RoomFor(int depth) => (long)Math.Clamp(depth, 1, Longest) * Together * PanelProduct.Width;

    /// <summary>Multiplies rows by panels of a matrix.</summary>
    /// <param name="operands">
    /// The rows; where the sums of the first panel are stored; and what the sums of all panels begin with, the same for all rows.
    /// </param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="row">The distance from row to row of the matrix.</param>
    /// <param name="columns">Number of columns of the product.</param>
    /// <param name="isTransposed">Whether to multiply by the transpose of the matrix.</param>
    /// <param name="panel">The first panel.</param>
    /// <param name="end">The panel after the last, at most <see cref="Together"/> after the first.</param>
    /// <param name="room">Memory for <see cref="RoomFor"/> numbers.</param>
    public static void Multiply(
        in PanelOperands operands, int rows, float* matrix, nint row, int columns, bool isTransposed, int panel, int end, float* room)
    {
        int depth = operands.Depth, longest = PieceOf(depth), width = PanelProduct.Width;
        for (int start = 0; start < depth; start += longest)
        {
            int length = Math.Min(longest, depth - start);
            Pack(matrix + (isTransposed ? start : start * row), row, length, columns, isTransposed, panel, end, room);
            for (int first = 0; first < rows; first += BlockRows)
            {
                for (int now = panel; now < end; now++)
                {
                    PanelOperands piece = operands;
                    piece.Skip(first);
                    int aside = (now - panel) * width;
                    piece.A += start * operands.AColumn;
                    piece.C += aside;
                    piece.Depth = length;
                    piece.Panel = room + ((nint)aside * length);
                    piece.PanelRow = width;
                    piece.Initial = start == 0 ? operands.Initial + aside : piece.C;
                    piece.InitialRow = start == 0 ? 0 : piece.CRow;
                    if (!isTransposed && first == 0)
                    {
                        // Each panel's tiles read a part of the rows of the next piece, or of the next panels.
                        float* next = matrix + (panel * width) + (start + length < depth ? (start + length) * row : Together * width);
                        piece.Ahead = next + ((now - panel) * (length / Together) * row);
                        piece.AheadRow = row;
                    }

                    PanelProduct.Multiply(piece, Math.Min(BlockRows, rows - first), PanelProduct.IsHalf(columns, now * width));
                }
            }
        }
    }

    private static void Pack(float* matrix, nint row, int length, int columns, bool isTransposed, int panel, int end, float* room)
    {
        int width = PanelProduct.Width;
        nint size = (nint)length * width;
        if (!isTransposed && end * width <= columns)
        {
            PanelProduct.PackWhole(matrix + (panel * width), row, length, end - panel, room);
            return;
        }

        for (; panel < end; panel++, room += size)
        {
            if (isTransposed)
            {
                PanelProduct.PackTransposed(matrix, row, columns, length, panel * width, room);
            }
            else
            {
                PanelProduct.Pack(matrix, row, length, columns, panel * width, room);
            }
        }
    }

    private static int PieceOf(int depth)
    {
        int pieces = Math.Max(1, (depth + Longest - 1) / Longest);
        return Math.Max(1, (depth + pieces - 1) / pieces);
    }
}
