using System.Buffers;
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
    private const int MostPooled = 1 << 20;

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
            json["settings"] = Settings(history.Settings);
        }

        Write(path, json);
    }

    /// <exception cref="ModelFormatException">The file is not a history.</exception>
    public static History Read(string path)
    {
        using FileStream file = Open(path);
        int length = (int)file.Length;
        byte[] bytes = length > MostPooled ? new byte[length] : ArrayPool<byte>.Shared.Rent(length);
        try
        {
            file.ReadExactly(bytes, 0, length);
            ReadOnlySpan<byte> text = bytes.AsSpan(0, length);
            text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
            ModelJson.CheckBeforeReading(text, path, FileLimits.OfRuns);
            return new HistoryJsonReader(text, path).Read();
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"invalid JSON: {exception.Message}", path, null, exception);
        }
        finally
        {
            if (length <= MostPooled)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    /// <summary>Writes events alone, for the file next to a CSV file.</summary>
    public static void WriteEvents(string path, IReadOnlyList<TrainingEvent> events) => Write(path, EventFileJson.Write(events));

    /// <summary>Writes settings alone, for the file next to a CSV file.</summary>
    public static void WriteSettings(string path, IReadOnlyDictionary<string, string> settings) => Write(path, Settings(settings));

    /// <summary>Reads the texts and numbers of a file of settings; others may have written it.</summary>
    /// <exception cref="ModelFormatException">The file is not a JSON object.</exception>
    public static IReadOnlyDictionary<string, string> ReadSettings(string path)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, JsonNode? node) in ModelJson.ParseObject(Bytes(path), path, null, FileLimits.OfRuns))
        {
            if (node is JsonValue value)
            {
                settings[name] = value.TryGetValue(out string? text) ? text : value.ToJsonString();
            }
        }

        return settings;
    }

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

    private static JsonObject Settings(IReadOnlyDictionary<string, string> settings) =>
        new(settings.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

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
