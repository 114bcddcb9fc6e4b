using System.Globalization;
using System.Text;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// The values of a history as <see cref="CSVLogger"/> writes them: the column <c>epoch</c>, then the names in order of their characters;
/// lines end in CR LF.
/// </summary>
internal static class HistoryCsv
{
    private const string Epoch = "epoch";
    private const string Missing = "NA";

    /// <summary>The file of the events that belong to the values.</summary>
    public static string EventsPath(string path) => Path.ChangeExtension(path, ".events.json");

    public static void Write(string path, History history)
    {
        string[] names = [.. history.Keys.Order(StringComparer.Ordinal)];
        double?[][] columns = [.. names.Select(history.ColumnWithGaps)];
        var text = new StringBuilder();
        AddRow(text, [Epoch, .. names]);
        for (int row = 0; row < history.Epochs.Count; row++)
        {
            AddRow(
                text,
                [
                    history.Epochs[row].ToString(CultureInfo.InvariantCulture),
                    .. columns.Select(column => column[row] is { } value ? PythonNumber.Repr(value) : Missing),
                ]);
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
        HistoryJson.WriteEvents(EventsPath(path), history.Events);
    }

    /// <exception cref="ModelFormatException">It is not such a file.</exception>
    public static History Read(string path)
    {
        string text = HistoryJson.Text(path);
        var rows = new CsvRows(text, Separator(text, path), path);
        List<string> header = rows.Next() ?? throw NoHistory(path);
        IGrouping<string, string>? twice = header.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        if (header.Count < 1 || header[0] != Epoch || twice is not null)
        {
            throw twice is null ? NoHistory(path) : new ModelFormatException($"two columns have the name '{twice.Key}'.", path, "line 1");
        }

        var epochs = new List<int>();
        List<double?>[] columns = [.. header.Skip(1).Select(_ => new List<double?>())];
        while (rows.Next() is { } cells)
        {
            if (cells.Count != header.Count)
            {
                throw new ModelFormatException($"{cells.Count} cells; the first line has {header.Count}.", path, rows.Place);
            }

            epochs.Add(int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
                ? epoch
                : throw new ModelFormatException($"'{cells[0]}' is not the index of an epoch, a whole number of 0 or more.", path, rows.Place));
            for (int column = 0; column < columns.Length; column++)
            {
                columns[column].Add(Parse(cells[column + 1], () => $"{rows.Place}, column '{header[column + 1]}'", path));
            }
        }

        string events = EventsPath(path);
        return History.Of(
            epochs,
            columns.Select((column, index) => KeyValuePair.Create(header[index + 1], (IReadOnlyList<double?>)column)),
            File.Exists(events) ? HistoryJson.ReadEvents(events) : []);
    }

    private static char Separator(string text, string path)
    {
        int start = text.StartsWith("\"epoch\"", StringComparison.Ordinal) ? Epoch.Length + 2 : text.StartsWith(Epoch, StringComparison.Ordinal) ? Epoch.Length : -1;
        char separator = start < 0 ? throw NoHistory(path) : start < text.Length ? text[start] : ',';
        return char.IsLetterOrDigit(separator) || separator == '_' ? throw NoHistory(path) : separator is '\r' or '\n' ? ',' : separator;
    }

    private static double? Parse(string cell, Func<string> place, string path) => cell.Trim() switch
    {
        "" or Missing => null,
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var number => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new ModelFormatException($"'{cell}' is not a number.", path, place()),
    };

    private static void AddRow(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(Quoted)).Append("\r\n");

    private static string Quoted(string cell) => cell.AsSpan().IndexOfAny("\",\r\n") < 0
        ? cell
        : "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static ModelFormatException NoHistory(string path) =>
        new("a history begins with a line of the columns' names, the first of which is 'epoch'.", path, "line 1");
}
