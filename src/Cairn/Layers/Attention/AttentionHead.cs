using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The products of one head, and the memory for them.</summary>
internal readonly unsafe struct AttentionHead : IDisposable
{
    private readonly AlignedMemory memory;
    private readonly float* zeros;
    private readonly float* panel;
    private readonly float* tile;

    public AttentionHead(in AttentionShape shape)
    {
        int width = PanelProduct.Width, height = PanelProduct.TileRows;
        int deepest = Math.Max(Math.Max(shape.Size, shape.ValueSize), Math.Max(shape.Sources, shape.Targets));
        memory = new AlignedMemory(shape.Scores + ((long)(deepest + height + 1) * width));
        Scores = memory.First;
        zeros = Scores + shape.Scores;
        tile = zeros + width;
        panel = tile + (height * width);
        new Span<float>(zeros, width).Clear();
    }

    /// <summary>Room for the scores of the head.</summary>
    public float* Scores { get; }

    /// <summary>Multiplies rows by a matrix.</summary>
    /// <param name="rows">The rows' first number.</param>
    /// <param name="row">The distance from row to row.</param>
    /// <param name="column">The distance from column to column.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="depth">Number of columns.</param>
    /// <param name="matrix">The matrix, or its transpose, row by row.</param>
    /// <param name="matrixRow">The distance from row to row of what is in memory.</param>
    /// <param name="width">Number of columns of the product.</param>
    /// <param name="isTransposed">Whether the transpose is in memory.</param>
    /// <param name="to">The product.</param>
    /// <param name="toRow">
    /// Its distance from row to row. Up to a multiple of <see cref="PanelProduct.RowMultiple"/>, columns after the last are overwritten if
    /// they belong to the same row.
    /// </param>
    public void Multiply(
        float* rows, nint row, nint column, int count, int depth, float* matrix, nint matrixRow, int width, bool isTransposed, float* to,
        nint toRow)
    {
        // A row of scores ends at such a multiple; rows of other matrices have other heads there.
        bool isPadded = isTransposed;
        for (int first = 0; first < width; first += PanelProduct.Width)
        {
            if (isTransposed)
            {
                PanelProduct.PackTransposed(matrix, matrixRow, width, depth, first, panel);
            }
            else
            {
                PanelProduct.Pack(matrix, matrixRow, depth, width, first, panel);
            }

            var operands = new PanelOperands
            {
                A = rows,
                ARow = row,
                AColumn = column,
                Depth = depth,
                Panel = panel,
                PanelRow = PanelProduct.Width,
                Initial = zeros,
                C = to + first,
                CRow = toRow,
            };
            int left = width - first;
            if (left >= PanelProduct.Width || left == PanelProduct.Width / 2 || isPadded)
            {
                // Padding is written, too: numbers in memory that was not would count, if they are not finite.
                PanelProduct.Multiply(operands, count, PanelProduct.IsHalf(isPadded ? PanelProduct.Padded(width) : width, first));
                continue;
            }

            PanelProduct.MultiplyAside(operands, count, left, tile);
        }
    }

    public void Dispose() => memory.Dispose();
}
