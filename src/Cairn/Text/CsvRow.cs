namespace Cairn;

/// <summary>Writes rows of comma-separated files as Python's csv module does: quotes only where something in a cell would be misread.</summary>
internal static class CsvRow
{
    /// <summary>How the lines of Python's csv module end.</summary>
    public const string RowEnd = "\r\n";

    /// <summary>A row with its end.</summary>
    public static string Of(IEnumerable<string> cells, string separator = ",", string rowEnd = RowEnd) =>
        string.Join(separator, cells.Select(cell => Quoted(cell, separator))) + rowEnd;

    private static string Quoted(string cell, string separator) => cell.AsSpan().IndexOfAny(['"', '\r', '\n', separator[0]]) < 0
        ? cell
        : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
