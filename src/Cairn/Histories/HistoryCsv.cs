using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// The values of a history in the format of <see cref="CSVLogger"/>: the column <c>epoch</c>, then the names in ordinal order. Lines end in
/// CR LF.
/// </summary>
internal static class HistoryCsv
{
    private const string Epoch = "epoch";
    private const string Missing = "NA";
    private const int MostBuffer = 256 * 1024;
    private const int MostRowsAhead = 4096;

    /// <summary>The path of the file with the events that belong to the values.</summary>
    public static string EventsPath(string path) => Path.ChangeExtension(path, ".events.json");

    /// <summary>The path of the file with the settings of the training.</summary>
    public static string SettingsPath(string path) => Path.ChangeExtension(path, ".settings.json");

    public static void Write(string path, History history)
    {
        string[] names = [.. history.Keys.Order(StringComparer.Ordinal)];
        double?[][] columns = [.. names.Select(history.ColumnWithGaps)];
        var text = new StringBuilder(CsvRow.Of([Epoch, .. names]));
        for (int row = 0; row < history.Epochs.Count; row++)
        {
            text.Append(CsvRow.Of(
                [
                    history.Epochs[row].ToString(CultureInfo.InvariantCulture),
                    .. columns.Select(column => column[row] is { } value ? PythonNumber.Repr(value) : Missing),
                ]));
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
        HistoryJson.WriteEvents(EventsPath(path), history.Events);
        if (history.Settings.Count > 0)
        {
            HistoryJson.WriteSettings(SettingsPath(path), history.Settings);
        }
    }

    /// <exception cref="ModelFormatException">The file is not a history.</exception>
    public static History Read(string path)
    {
        FileStream file = HistoryJson.Open(path);

        // One byte more than the file, so that one read finds its end.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(file.Length + 1, MostBuffer));
        try
        {
            using var records = new CsvRecords(file, path,
                (problem, line) => new ModelFormatException(problem, path, $"line {line}"), buffer);
            return Read(records, path, file.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Optimized at once, as all loops over the values of histories: a page that reads a folder would be finished before they become hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static History Read(CsvRecords records, string path, long bytes)
    {
        records.Separator = Separator(Encoding.UTF8.GetString(records.PeekLine()), path);
        string[] header = records.MoveNext() ? Cells(records) : throw NoHistory(path);
        IGrouping<string, string>? twice = header.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        if (header[0] != Epoch || twice is not null)
        {
            throw twice is null ? NoHistory(path) : new ModelFormatException($"two columns have the name '{twice.Key}'.", path, "line 1");
        }

        var epochs = new List<int>();
        var columns = new GappedColumn[header.Length - 1];
        while (records.MoveNext())
        {
            if (records.Count != header.Length)
            {
                throw new ModelFormatException($"the row has {records.Count} cells; the header has {header.Length}.", path,
                    $"line {records.Line}");
            }

            if (epochs.Count == 0)
            {
                // As many rows as there would be if all were as long as this one.
                int rows = (int)Math.Min(bytes / Math.Max(records.Length, 1), MostRowsAhead);
                epochs.Capacity = rows;
                for (int column = 0; column < columns.Length; column++)
                {
                    columns[column] = new GappedColumn(rows);
                }
            }

            epochs.Add(int.TryParse(records.Field(0), NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
                ? epoch
                : throw new ModelFormatException($"'{records.Text(0)}' is not an epoch index (a whole number, 0 or more).", path,
                    $"line {records.Line}"));
            for (int column = 0; column < columns.Length; column++)
            {
                columns[column].Add(Parse(records, column + 1, header, path));
            }
        }

        (string events, string settings) = (EventsPath(path), SettingsPath(path));
        return History.Of(
            epochs,
            epochs.Count == 0 ? []
                : columns.Select((column, index) => KeyValuePair.Create(header[index + 1], (IReadOnlyList<double?>)column)),
            File.Exists(events) ? HistoryJson.ReadEvents(events) : [],
            File.Exists(settings) ? HistoryJson.ReadSettings(settings) : null);
    }

    private static string[] Cells(CsvRecords records) => [.. Enumerable.Range(0, records.Count).Select(records.Text)];

    // The character after the name of the first column.
    private static byte Separator(string line, string path)
    {
        int start = line.StartsWith("\"epoch\"", StringComparison.Ordinal) ? Epoch.Length + 2
            : line.StartsWith(Epoch, StringComparison.Ordinal) ? Epoch.Length : -1;
        char separator = start < 0 ? throw NoHistory(path) : start < line.Length ? line[start] : ',';
        return char.IsLetterOrDigit(separator) || separator == '_' || !char.IsAscii(separator) ? throw NoHistory(path) : (byte)separator;
    }

    // Numbers are read from the bytes: as texts, they would take most of the time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double? Parse(CsvRecords records, int index, string[] header, string path) =>
        double.TryParse(records.Field(index), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : records.Text(index).Trim() switch
            {
                "" or Missing => null,
                "nan" => double.NaN,
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                _ => throw new ModelFormatException($"'{records.Text(index)}' is not a number.", path,
                    $"line {records.Line}, column '{header[index]}'"),
            };

    private static ModelFormatException NoHistory(string path) =>
        new("a history starts with a header row whose first column is 'epoch'.", path, "line 1");
}
