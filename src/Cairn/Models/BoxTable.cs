using System.Text;

namespace Cairn;

/// <summary>A table with borders, as Keras prints it.</summary>
internal static class BoxTable
{
    /// <summary>Appends a table.</summary>
    /// <param name="text">Receives the table.</param>
    /// <param name="header">The column titles.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="widths">The widths of the columns, with one blank on either side.</param>
    /// <param name="numbers">The columns that are aligned to the right.</param>
    public static void Write(StringBuilder text, string[] header, string[][] rows, int[] widths, ReadOnlySpan<int> numbers)
    {
        Rule(text, widths, '┏', '━', '┳', '┓');
        Cells(text, widths, header, '┃', numbers);
        Rule(text, widths, '┡', '━', '╇', '┩');
        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0)
            {
                Rule(text, widths, '├', '─', '┼', '┤');
            }

            Cells(text, widths, rows[i], '│', numbers);
        }

        Rule(text, widths, '└', '─', '┴', '┘');
    }

    private static void Rule(StringBuilder text, int[] widths, char left, char line, char middle, char right) =>
        text.Append(left).AppendJoin(middle, widths.Select(w => new string(line, w))).Append(right).Append('\n');

    private static void Cells(StringBuilder text, int[] widths, string[] cells, char border, ReadOnlySpan<int> numbers)
    {
        for (int column = 0; column < cells.Length; column++)
        {
            int room = widths[column] - 2;
            text.Append(border).Append(' ')
                .Append(numbers.Contains(column) ? cells[column].PadLeft(room) : cells[column].PadRight(room)).Append(' ');
        }

        text.Append(border).Append('\n');
    }
}
