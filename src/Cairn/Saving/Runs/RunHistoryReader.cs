using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Saving.Runs;

/// <summary>
/// Finds the identity and the history in the text of a backup token by token, and reads only the arrays of the history: as a tree of nodes,
/// the text would take most of the time in which a page shows a folder of backups.
/// </summary>
internal ref struct RunHistoryReader
{
    private readonly Stream stream;
    private Utf8JsonReader reader;
    private long next;

    private RunHistoryReader(ReadOnlySpan<byte> text, Stream stream, FileLimits limits)
    {
        this.stream = stream;
        next = stream.Position;
        reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = limits.MaximumJsonDepth });
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text, validated by <see cref="ModelJson.CheckBeforeReading"/>.</param>
    /// <param name="stream">The file, at its first array.</param>
    /// <param name="limits">The limits.</param>
    /// <returns>
    /// The identity and the history; null if the text is not as <see cref="RunFile"/> writes it. The history is empty if there is none.
    /// </returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public static (string Identity, History History)? Read(ReadOnlySpan<byte> text, Stream stream, FileLimits limits)
    {
        try
        {
            return new RunHistoryReader(text, stream, limits).Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArithmeticException
            or ArgumentException or ModelFormatException or EndOfStreamException)
        {
            // The reader of the whole file says what is wrong.
            return null;
        }
    }

    private (string Identity, History History)? Read()
    {
        string? identity = null;
        History? history = null;
        Begin(JsonTokenType.StartObject);
        while (NextName() is { } name)
        {
            switch (name)
            {
                case "identity" when identity is null:
                    identity = reader.GetString();
                    break;
                case "parts" when history is null:
                    history = Parts() ?? new History();
                    break;
                case "identity" or "parts":
                    return null;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.Read();
        return identity is null || history is null ? null : (identity, history);
    }

    private History? Parts()
    {
        History? history = null;
        Require(JsonTokenType.StartObject);
        while (NextName() is not null)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            Require(JsonTokenType.StartObject);
            Utf8JsonReader values = default;
            bool hasValues = false;
            List<(string Name, string DType, long Count, long Start)>? arrays = null;
            while (NextName() is { } name)
            {
                if (name == "values" && !hasValues)
                {
                    values = reader;
                    hasValues = true;
                    reader.Skip();
                }
                else
                {
                    arrays = name == "arrays" && arrays is null ? Arrays() : throw new JsonException();
                }
            }

            if (!hasValues || arrays is null)
            {
                throw new JsonException();
            }

            if (history is null)
            {
                Utf8JsonReader after = reader;
                reader = values;
                history = TryHistory(arrays);
                reader = after;
            }
        }

        return history;
    }

    // Where the arrays of a part are in the file.
    private List<(string Name, string DType, long Count, long Start)> Arrays()
    {
        var arrays = new List<(string, string, long, long)>();
        Require(JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            (string? title, string? dtype, long? count) = (null, null, null);
            Require(JsonTokenType.StartObject);
            while (NextName() is { } name)
            {
                switch (name)
                {
                    case "name":
                        title = reader.GetString();
                        break;
                    case "dtype":
                        dtype = reader.GetString();
                        break;
                    case "shape":
                        count = 1;
                        Require(JsonTokenType.StartArray);
                        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        {
                            long size = reader.GetInt64();
                            count = size >= 0 ? checked(count * size) : throw new JsonException();
                        }

                        break;
                    default:
                        throw new JsonException();
                }
            }

            if (title is null || dtype is null || count is not { } values)
            {
                throw new JsonException();
            }

            arrays.Add((title, dtype, values, next));
            next = checked(next + values * WeightType.SizeOf(dtype));
        }

        return next <= stream.Length ? arrays : throw new JsonException();
    }

    // Null if the values are those of another part.
    private History? TryHistory(List<(string Name, string DType, long Count, long Start)> arrays)
    {
        List<string>? names = null;
        Dictionary<string, List<int>>? rows = null;
        List<int>? epochs = null;
        List<TrainingEvent> events = [];
        Require(JsonTokenType.StartObject);
        while (NextName() is { } name)
        {
            switch (name)
            {
                case "names" when reader.TokenType == JsonTokenType.StartArray:
                    names = [];
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        names.Add(reader.GetString() ?? throw new JsonException());
                    }

                    break;
                case "epochs" when reader.TokenType == JsonTokenType.StartArray:
                    epochs = Integers(0);
                    break;
                case "rows" when reader.TokenType == JsonTokenType.StartObject:
                    rows = new(StringComparer.Ordinal);
                    while (NextName() is { } of)
                    {
                        Require(JsonTokenType.StartArray);
                        rows.Add(of, Integers(epochs?.Count ?? 0));
                    }

                    break;
                case "events" when reader.TokenType == JsonTokenType.StartArray:
                    events = EventStateJson.Read(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (names is null || rows is null || epochs is null)
        {
            return null;
        }

        var columns = new List<KeyValuePair<string, IReadOnlyList<double?>>>();
        foreach (string name in names)
        {
            (_, string dtype, long count, long start) = arrays.Find(array => array.Name == name);
            if (!rows.TryGetValue(name, out List<int>? there) || dtype != "float64" || count != there.Count
                || !RowsAscend(there, epochs.Count))
            {
                throw new JsonException();
            }

            columns.Add(new(name, new GappedColumn(Doubles(start, there.Count), there, epochs.Count)));
        }

        return History.Of(epochs, columns, events);
    }

    private readonly EpochValues Doubles(long start, int count)
    {
        var values = new EpochValues(count);
        CollectionsMarshal.SetCount(values, count);
        stream.Position = start;
        stream.ReadExactly(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<int> Integers(int capacity)
    {
        var numbers = new List<int>(capacity);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(reader.GetInt32());
        }

        return numbers;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool RowsAscend(List<int> rows, int count)
    {
        int last = -1;
        foreach (int row in rows)
        {
            if (row <= last)
            {
                return false;
            }

            last = row;
        }

        return last < count;
    }

    private void Begin(JsonTokenType type)
    {
        reader.Read();
        Require(type);
    }

    private readonly void Require(JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException();
        }
    }

    // Null at the end of the object; otherwise the reader is at the value.
    private string? NextName()
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        string name = reader.GetString()!;
        reader.Read();
        return name;
    }
}
