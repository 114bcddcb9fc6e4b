using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Cli.Output;
using Cairn.Saving;
using CsvHelper;

namespace Cairn.Cli.Histories;

/// <summary>
/// <c>history.csv</c> as Keras' <c>CSVLogger</c> writes it (epochs from 0, names sorted), and what the callbacks did in
/// <c>history.events.json</c> beside it.
/// </summary>
internal static class HistoryFile
{
    private const string Epoch = "epoch";
    private const string Missing = "NA";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The file of the events that belong to a history.</summary>
    public static string EventsPath(string csvPath) => Path.ChangeExtension(csvPath, ".events.json");

    public static void Write(string path, HistoryTable history)
    {
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Csv(history))));
        AtomicFile.Write(EventsPath(path), stream => JsonSerializer.Serialize(stream, history.Events, Indented));
    }

    /// <summary>Reads a history; without a file of events there are none.</summary>
    /// <exception cref="CommandException">It is no history.</exception>
    public static HistoryTable Read(string path)
    {
        if (!File.Exists(path)) throw new CommandException($"there is no file '{path}'");
        try
        {
            using CsvReader reader = CsvReader.FromFile(path, new CsvReaderOptions { TrimWhitespace = true, TrackLineNumbers = true });
            return Read(reader, path) with { Events = ReadEvents(EventsPath(path)) };
        }
        catch (CsvFormatException exception)
        {
            throw new CommandException($"'{path}' is no well-formed CSV file: {exception.Message}", exception);
        }
    }

    private static string Csv(HistoryTable history)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', [Epoch, .. history.Names]).Append('\n');
        for (int index = 0; index < history.Epochs.Count; index++)
        {
            text.Append(history.Epochs[index].ToString(CultureInfo.InvariantCulture));
            foreach (string name in history.Names) text.Append(',').Append(Number.Exact(history.Value(name, index)));
            text.Append('\n');
        }

        return text.ToString();
    }

    private static HistoryTable Read(CsvReader reader, string path)
    {
        string[] header = [.. reader.Headers];
        int epochColumn = Array.IndexOf(header, Epoch);
        if (epochColumn < 0) throw new CommandException($"'{path}' is no history: it has no column '{Epoch}'. Its columns: {string.Join(", ", header)}");
        var epochs = new List<int>();
        List<double>[] columns = [.. header.Select(_ => new List<double>())];
        while (reader.Read())
        {
            for (int column = 0; column < header.Length; column++)
            {
                columns[column].Add(Parse(reader.GetString(column)) ?? throw new CommandException(
                    $"'{path}', line {reader.LineNumber}, column '{header[column]}': '{reader.GetString(column)}' is no number"));
            }

            epochs.Add((int)columns[epochColumn][^1]);
        }

        string[] names = [.. header.Where(name => name != Epoch)];
        return new HistoryTable(names, epochs, names.ToDictionary(name => name, name => columns[Array.IndexOf(header, name)].ToArray()), []);
    }

    private static double? Parse(string text) => text switch
    {
        "" or Missing or "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
    };

    private static TrainingEvent[] ReadEvents(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<TrainingEvent[]>(File.ReadAllText(path), Indented) ?? [];
        }
        catch (JsonException exception)
        {
            throw new CommandException($"'{path}' is no list of events: {exception.Message}", exception);
        }
    }
}
