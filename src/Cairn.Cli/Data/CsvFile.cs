using System.Globalization;
using System.Text;

namespace Cairn.Cli.Data;

/// <summary>Reads CSV files with a header. Errors name the line and the column.</summary>
internal static class CsvFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; the separator may be a comma, a semicolon, a tab or a vertical bar.</param>
    /// <param name="target">The column to predict.</param>
    /// <exception cref="CommandException">The file or the column does not exist, or a row is invalid.</exception>
    public static CsvTable Read(string path, TargetChoice target)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"there is no file '{path}'");
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, path, target);
    }

    public static CsvTable Read(Stream stream, string path, TargetChoice target)
    {
        using var records = new CsvRecords(
            stream, path, (problem, line) => new CommandException($"'{path}', line {line} is not valid CSV: {problem.TrimEnd('.')}"));
        records.Separator = (byte)records.FindSeparator();
        return Read(records, path, target);
    }

    private static CsvTable Read(CsvRecords records, string path, TargetChoice target)
    {
        string[] header = records.MoveNext() ? [.. Enumerable.Range(0, records.Count).Select(records.Text)] : [];
        CheckHeader(header, path);
        int targetIndex = target.IndexIn(header, path);
        int[] features = [.. Enumerable.Range(0, header.Length).Where(column => column != targetIndex)];
        if (features.Length == 0)
        {
            throw new CommandException($"'{path}' has no column other than '{header[targetIndex]}', the column to predict");
        }

        var values = new List<float>();
        var texts = new List<string>();
        var lines = new List<long>();
        while (records.MoveNext())
        {
            if (records.Count != header.Length)
            {
                throw new CommandException($"'{path}', line {records.Line}: {records.Count} values, but the header "
                    + $"has {header.Length} columns");
            }

            lines.Add(records.Line);
            foreach (int column in features)
            {
                values.Add(Number(records, column, path, header[column]));
            }

            if (targetIndex >= 0)
            {
                texts.Add(Text(records, targetIndex, path, header[targetIndex]));
            }
        }

        if (lines.Count == 0)
        {
            throw new CommandException($"'{path}' has a header but no rows");
        }

        TargetColumn? predicted = targetIndex < 0
            ? null
            : new TargetColumn(header[targetIndex], [.. texts], row => Place(path, lines[row], header[targetIndex]));
        return new CsvTable(path, [.. features.Select(column => header[column])], [.. values], predicted);
    }

    private static void CheckHeader(string[] header, string path)
    {
        if (header.Length == 0 || header is [""])
        {
            throw new CommandException($"'{path}' is empty; a CSV file with a header is needed");
        }

        if (header.All(name => float.TryParse(name, CultureInfo.InvariantCulture, out _)))
        {
            throw new CommandException($"'{path}', line 1: a header with column names is needed, but these are numbers");
        }

        if (header.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new CommandException($"'{path}', line 1: two columns are named '{twice.Key}'");
        }
    }

    private static float Number(CsvRecords records, int column, string path, string name)
    {
        string text = Text(records, column, path, name);
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new CommandException(
                $"{Place(path, records.Line, name)}: '{Shortened(text)}' is not a finite number; only the column to predict (--target) may "
                    + "contain text");
    }

    private static string Text(CsvRecords records, int column, string path, string name) => records.Field(column).IsEmpty
        ? throw new CommandException($"{Place(path, records.Line, name)}: the value is missing; fill it in or remove the row")
        : records.Text(column);

    private static string Place(string path, long line, string column) => $"'{path}', line {line}, column '{column}'";

    private static string Shortened(string text) => text.Length <= 40 ? text : new StringBuilder(text, 0, 40, 44).Append('…').ToString();
}
