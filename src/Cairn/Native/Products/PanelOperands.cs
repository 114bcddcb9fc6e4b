namespace Cairn.Native;

/// <summary>Rows to multiply by a panel, what their sums begin with, and where the sums are stored.</summary>
internal unsafe struct PanelOperands
{
    private const int FloatsOfLine = 16;
    private const int RowsOfTile = 8;

    /// <summary>The first row's first number.</summary>
    public float* A;

    /// <summary>The distance from row to row.</summary>
    public nint ARow;

    /// <summary>The distance from column to column.</summary>
    public nint AColumn;

    /// <summary>The distances of rows from <see cref="A"/>, if they are listed.</summary>
    public nint* Rows;

    /// <summary>The distances of a row's columns from the row, if they are listed.</summary>
    public nint* Columns;

    /// <summary>Number of products that each sum has.</summary>
    public int Depth;

    /// <summary>The panel: as many numbers as two vectors have, for each product.</summary>
    public float* Panel;

    /// <summary>The distance of these numbers from those of the next product.</summary>
    public nint PanelRow;

    /// <summary>What the sums begin with, as wide as the panel; may be the sums themselves.</summary>
    public float* Initial;

    /// <summary>Its distance from row to row; 0 if all rows begin with the same.</summary>
    public nint InitialRow;

    /// <summary>The sums.</summary>
    public float* C;

    /// <summary>Their distance from row to row.</summary>
    public nint CRow;

    /// <summary>
    /// Memory that is needed soon: while a tile is computed, a line of it is read into the cache at every fourth product, each
    /// <see cref="AheadRow"/> after the one before. The next tile reads the lines beside these.
    /// </summary>
    public float* Ahead;

    /// <summary>The distance from line to line; 0 for no such memory.</summary>
    public nint AheadRow;

    /// <summary>Moves to another row.</summary>
    public void Skip(int rows)
    {
        Ahead += FloatsOfLine * rows / RowsOfTile;
        A += rows * ARow;
        Rows += rows;
        Initial += rows * InitialRow;
        C += rows * CRow;
    }
}
