namespace Cairn.Native;

/// <summary>Products of a few rows with the transpose of a matrix that is larger than the caches and is read once, row by row.</summary>
/// <remarks>
/// The transpose of the result is computed, so that the rows of the large matrix take the place of the rows and nothing of it is packed.
/// Each sum has the same order of operations as in <see cref="PanelPieces"/>, so no bit differs.
/// </remarks>
internal static unsafe class StreamedProduct
{
    // Columns of the matrix: the part of the rows that they are multiplied by, and the next rows, stay in the second-level cache.
    private const int Longest = 512;
    private const int FloatsOfLine = 16;
    private const long ManyWeights = 1 << 20;
    private const int FewestRows = 16;
    private const int MostRows = 256;
    private const int LeastDepth = 64;

    /// <summary>Whether it takes less time than packing the matrix.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns of the result, and of rows of the matrix.</param>
    /// <param name="depth">Number of products that each sum has.</param>
    public static bool IsFaster(int rows, int columns, int depth) =>
        (long)columns * depth >= ManyWeights && depth >= LeastDepth
        && rows is >= FewestRows and <= MostRows && 4 * PanelProduct.Padded(rows) <= 5 * rows;

    /// <summary>Count of numbers of the transpose of a result.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns of the result.</param>
    public static long TransposeOf(int rows, int columns) => (long)PanelProduct.Panels(rows) * PanelProduct.Width * columns;

    /// <summary>Multiplies rows by the transpose of some rows of a matrix.</summary>
    /// <param name="operands">The rows, and where the columns of the result are stored that belong to the first row of the matrix.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="row">The distance from row to row of the matrix.</param>
    /// <param name="first">The first row of the matrix.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="room">Memory for <see cref="PanelPieces.RoomFor"/> numbers.</param>
    /// <param name="transpose">Memory for <see cref="TransposeOf"/> all columns, of which those between the rows are used.</param>
    public static void Multiply(
        in PanelOperands operands, int rows, float* matrix, nint row, int first, int end, float* room, float* transpose)
    {
        int depth = operands.Depth, width = PanelProduct.Width, panels = PanelProduct.Panels(rows), height = PanelProduct.TileRows;
        nint wide = (nint)panels * width;
        int longest = Math.Min(Longest, (int)(PanelPieces.RoomFor(depth) / wide));
        for (int start = 0; start < depth; start += longest)
        {
            int length = Math.Min(longest, depth - start);
            for (int panel = 0; panel < panels; panel++)
            {
                PanelProduct.PackTransposed(
                    operands.A + start, operands.ARow, rows, length, panel * width, room + ((nint)panel * width * length));
            }

            // As many rows as have tiles for all lines of the next ones.
            int block = Math.Max(1, length / (FloatsOfLine * panels)) * height;
            for (int at = first; at < end; at += height)
            {
                int inBlock = (at - first) % block;
                for (int panel = 0; panel < panels; panel++)
                {
                    var tile = new PanelOperands
                    {
                        A = matrix + (at * row) + start,
                        ARow = row,
                        AColumn = 1,
                        Depth = length,
                        Panel = room + ((nint)panel * width * length),
                        PanelRow = width,
                        C = transpose + (at * wide) + (panel * width),
                        CRow = wide,
                        Ahead = matrix + ((at - inBlock + block) * row) + start + (((inBlock / height * panels) + panel) * FloatsOfLine),
                        AheadRow = row,
                    };
                    tile.Initial = start == 0 ? operands.Initial : tile.C;
                    tile.InitialRow = start == 0 ? 0 : wide;
                    PanelProduct.Multiply(tile, Math.Min(height, end - at), PanelProduct.IsHalf(rows, panel * width));
                }
            }
        }

        PanelProduct.Transpose(transpose + (first * wide), wide, end - first, rows, operands.C + first, operands.CRow);
    }
}
