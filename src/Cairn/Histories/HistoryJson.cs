using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Histories as JSON: <c>{"epochs": [0, …], "metrics": {"loss": [0.5, …]}, "events": […]}</c>.</summary>
/// <remarks>
/// Missing values are <c>null</c>; <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> are strings, because JSON has no such numbers.
/// </remarks>
internal static class HistoryJson
{
    public static void Write(string path, History history)
    {
        var metrics = new JsonObject();
        foreach (string name in history.Keys)
        {
            metrics[name] = new JsonArray([.. history.ColumnWithGaps(name).Select(ToNode)]);
        }

        var json = new JsonObject
        {
            ["epochs"] = new JsonArray([.. history.Epochs.Select(epoch => (JsonNode)epoch)]),
            ["metrics"] = metrics,
            ["events"] = EventFileJson.Write(history.Events),
        };
        Write(path, json);
    }

    /// <exception cref="ModelFormatException">The file is not a history.</exception>
    public static History Read(string path)
    {
        JsonObject json = ModelJson.ParseObject(Text(path), path, null, FileLimits.OfRuns);
        if (json["metrics"] is not JsonObject metrics)
        {
            throw new ModelFormatException("a history needs an object 'metrics' that maps names to lists of numbers.", path, "metrics");
        }

        int[] epochs = [.. List(json["epochs"], path, "epochs").Select((node, index) => Epoch(node, path, $"epochs[{index}]"))];
        var columns = new List<KeyValuePair<string, IReadOnlyList<double?>>>();
        foreach ((string? name, JsonNode? node) in metrics)
        {
            string place = $"metrics/{name}";
            double?[] column = [.. List(node, path, place).Select((value, index) => Number(value, path, $"{place}[{index}]"))];
            columns.Add(new(name, column.Length == epochs.Length
                ? column
                : throw new ModelFormatException($"there are {column.Length} values for {epochs.Length} epochs.", path, place)));
        }

        return History.Of(epochs, columns, json["events"] is { } events ? Events(events, path, "events") : []);
    }

    /// <summary>Writes events alone, for the file next to a CSV file.</summary>
    public static void WriteEvents(string path, IReadOnlyList<TrainingEvent> events) => Write(path, EventFileJson.Write(events));

    /// <exception cref="ModelFormatException">The file is not a list of events.</exception>
    public static IReadOnlyList<TrainingEvent> ReadEvents(string path)
    {
        // The parser with size limits accepts only objects, so the list is wrapped in one.
        JsonObject json = ModelJson.ParseObject("{\"events\":" + Text(path) + "}", path, null, FileLimits.OfRuns);
        return Events(json["events"], path, "events");
    }

    /// <summary>The text of a file that does not exceed the size limit.</summary>
    public static string Text(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }

    /// <summary>Opens a file that does not exceed the size limit of histories.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is too large.</exception>
    public static FileStream Open(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
        }

        return file.Length <= FileLimits.OfRuns.MaximumJsonBytes
            ? file.OpenRead()
            : throw new ModelFormatException($"the file has {file.Length} bytes; the limit is {FileLimits.OfRuns.MaximumJsonBytes}.", path);
    }

    private static void Write(string path, JsonNode json) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteTo(writer);
    });

    private static JsonNode? ToNode(double? value) => value switch
    {
        null => null,
        { } number when double.IsFinite(number) => JsonValue.Create(number),
        { } number => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
    };

    private static JsonArray List(JsonNode? node, string path, string place) =>
        node as JsonArray ?? throw new ModelFormatException("expected a list.", path, place);

    private static int Epoch(JsonNode? node, string path, string place) =>
        node is JsonValue value && value.TryGetValue(out int epoch) && epoch >= 0
        ? epoch
        : throw new ModelFormatException($"expected an epoch index (a whole number, 0 or more); it is {Shown(node)}.", path, place);

    private static double? Number(JsonNode? node, string path, string place) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double number) => number,
        JsonValue value when value.TryGetValue(out string? text) && text is "NaN" or "Infinity" or "-Infinity" =>
            double.Parse(text, CultureInfo.InvariantCulture),
        _ => throw new ModelFormatException($"expected a number; it is {Shown(node)}.", path, place),
    };

    private static TrainingEvent[] Events(JsonNode? node, string path, string place)
    {
        try
        {
            TrainingEvent?[] events = EventFileJson.Read(List(node, path, place));
            int broken = Array.FindIndex(events, one => one is not { Epoch: >= 0, Callback: not null, Kind: not null, Message: not null });
            return broken < 0
                ? [.. events.Select(one => one!)]
                : throw new ModelFormatException("an event needs an epoch, a callback, a kind and a message.", path, $"{place}[{broken}]");
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"not a list of events: {exception.Message}", path, place, exception);
        }
    }

    private static string Shown(JsonNode? node) => JsonExcerpt.Of(node, 40);
}
