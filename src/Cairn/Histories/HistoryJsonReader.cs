using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Reads a history token by token: in a tree of nodes, a value that takes two bytes in the file would take a hundred in memory.
/// </summary>
internal ref struct HistoryJsonReader
{
    private const int MostShown = 40;
    private readonly ReadOnlySpan<byte> text;
    private readonly string path;
    private Utf8JsonReader reader;

    /// <param name="text">The content of the file, validated by <see cref="ModelJson.CheckBeforeReading"/>.</param>
    /// <param name="path">The file's name, for messages.</param>
    public HistoryJsonReader(ReadOnlySpan<byte> text, string path)
    {
        this.text = text;
        this.path = path;
        reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = FileLimits.OfRuns.MaximumJsonDepth });
    }

    /// <exception cref="ModelFormatException">The file is not a history.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public History Read()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException("expected a JSON object.", path);
        }

        List<int>? epochs = null;
        List<KeyValuePair<string, IReadOnlyList<double?>>>? metrics = null;
        IReadOnlyList<TrainingEvent> events = [];
        Dictionary<string, string>? settings = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Next(seen, out string name))
        {
            switch (name)
            {
                case "epochs":
                    epochs = Epochs();
                    break;
                case "metrics":
                    metrics = Metrics(epochs?.Count ?? int.MaxValue);
                    break;
                case "events":
                    events = HistoryJson.Events(Value(), path, "events");
                    break;
                case "settings":
                    settings = Settings();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // Nothing may follow.
        reader.Read();
        if (metrics is null)
        {
            throw NoMetrics();
        }

        if (epochs is null)
        {
            throw new ModelFormatException("expected a list.", path, "epochs");
        }

        foreach ((string name, IReadOnlyList<double?> column) in metrics)
        {
            if (column.Count != epochs.Count)
            {
                throw new ModelFormatException($"there are {column.Count} values for {epochs.Count} epochs.", path, $"metrics/{name}");
            }
        }

        return History.Of(epochs, metrics, events, settings);
    }

    private bool Next(HashSet<string> seen, out string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        name = reader.GetString()!;
        reader.Read();
        return seen.Add(name) ? true : throw new ModelFormatException($"the name '{name}' occurs twice.", path);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<int> Epochs()
    {
        RequireList("epochs");
        var epochs = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int epoch) || epoch < 0)
            {
                throw new ModelFormatException($"expected an epoch index (an integer, 0 or more); found {Shown()}.", path,
                    $"epochs[{epochs.Count}]");
            }

            epochs.Add(epoch);
        }

        return epochs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<KeyValuePair<string, IReadOnlyList<double?>>> Metrics(int epochs)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw NoMetrics();
        }

        var metrics = new List<KeyValuePair<string, IReadOnlyList<double?>>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Next(seen, out string name))
        {
            string place = $"metrics/{name}";
            RequireList(place);
            var column = new GappedColumn(epochs == int.MaxValue ? 0 : Math.Min(epochs, text.Length / 2));
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (column.Count < epochs)
                {
                    column.Add(Number(place, column.Count));
                }
                else
                {
                    // Too many values: read on to report their number.
                    column.Count++;
                    reader.Skip();
                }
            }

            metrics.Add(new(name, column));
        }

        return metrics;
    }

    private Dictionary<string, string> Settings()
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException("expected an object that maps names to texts.", path, "settings");
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Next(seen, out string name))
        {
            settings[name] = reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new ModelFormatException($"expected a text; found {Shown()}.", path, $"settings/{name}");
        }

        return settings;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double? Number(string place, int index) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String when reader.ValueTextEquals("NaN"u8) || reader.ValueTextEquals("Infinity"u8)
            || reader.ValueTextEquals("-Infinity"u8) =>
            double.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
        _ => throw new ModelFormatException($"expected a number; found {Shown()}.", path, $"{place}[{index}]"),
    };

    private void RequireList(string place)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ModelFormatException("expected a list.", path, place);
        }
    }

    /// <summary>The bytes of the value that starts here.</summary>
    private ReadOnlySpan<byte> Value()
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return text[start..(int)reader.BytesConsumed];
    }

    private string Shown()
    {
        ReadOnlySpan<byte> value = Value();
        return value.Length <= 4 * MostShown
            ? JsonExcerpt.Of(JsonNode.Parse(value), MostShown)
            : JsonExcerpt.Of(JsonValue.Create(Encoding.UTF8.GetString(value[..(4 * MostShown)])), MostShown);
    }

    private readonly ModelFormatException NoMetrics() =>
        new("a history needs an object 'metrics' that maps names to lists of numbers.", path, "metrics");
}
