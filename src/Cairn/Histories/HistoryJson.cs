using System.Text;
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
            metrics[name] = new JsonArray([.. history.ColumnWithGaps(name).Select(JsonNumber.Of)]);
        }

        var json = new JsonObject
        {
            ["epochs"] = new JsonArray([.. history.Epochs.Select(epoch => (JsonNode)epoch)]),
            ["metrics"] = metrics,
            ["events"] = EventFileJson.Write(history.Events),
        };
        if (history.Settings.Count > 0)
        {
            json["settings"] = new JsonObject(history.Settings.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }

        Write(path, json);
    }

    /// <exception cref="ModelFormatException">The file is not a history.</exception>
    public static History Read(string path)
    {
        byte[] text = Bytes(path);
        ModelJson.Check(text, path, FileLimits.OfRuns);
        return new HistoryJsonReader(text, path).Read();
    }

    /// <summary>Writes events alone, for the file next to a CSV file.</summary>
    public static void WriteEvents(string path, IReadOnlyList<TrainingEvent> events) => Write(path, EventFileJson.Write(events));

    /// <exception cref="ModelFormatException">The file is not a list of events.</exception>
    public static IReadOnlyList<TrainingEvent> ReadEvents(string path)
    {
        byte[] text = Bytes(path);
        ModelJson.Check(text, path, FileLimits.OfRuns);
        return Events(text, path, "events");
    }

    private static byte[] Bytes(string path)
    {
        using FileStream file = Open(path);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
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

    /// <exception cref="ModelFormatException">The file is not a list of events.</exception>
    internal static TrainingEvent[] Events(ReadOnlySpan<byte> list, string path, string place)
    {
        var reader = new Utf8JsonReader(list);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ModelFormatException("expected a list.", path, place);
        }

        try
        {
            TrainingEvent?[] events = EventFileJson.Read(list);
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
}
