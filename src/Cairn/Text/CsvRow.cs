namespace Cairn;

/// <summary>Writes rows of comma-separated files like Python's csv module: quotes a cell only if needed.</summary>
internal static class CsvRow
{
    /// <summary>The line ending of Python's csv module.</summary>
    public const string RowEnd = "\r\n";

    /// <summary>A row including its line ending.</summary>
    public static string Of(IEnumerable<string> cells, string separator = ",", string rowEnd = RowEnd) =>
        string.Join(separator, cells.Select(cell => Quoted(cell, separator))) + rowEnd;

    private static string Quoted(string cell, string separator) => cell.AsSpan().IndexOfAny(['"', '\r', '\n', separator[0]]) < 0
        ? cell
        : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
