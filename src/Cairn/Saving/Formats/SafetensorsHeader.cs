using System.Text.Json;

namespace Cairn.Saving;

/// <summary>Reads the header of a safetensors file; each value is validated before use.</summary>
internal sealed class SafetensorsHeader(WeightSource file, long dataStart, FileLimits limits)
{
    /// <summary>The key of the metadata, which is not an array.</summary>
    public const string Metadata = "__metadata__";

    private const int Depth = 4;

    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<(long Start, WeightData Weight)> found = [];

    /// <summary>The checksum stored in the file; null if there is none.</summary>
    public string? Checksum { get; private set; }

    private long DataLength => file.Length - dataStart;

    public IReadOnlyList<WeightData> Read(ReadOnlySpan<byte> header)
    {
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = Depth });
        Expect(ref json, JsonTokenType.StartObject, "an object", Metadata);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            if (name.Length > limits.MaximumNameBytes)
            {
                throw Failure($"a name has {name.Length} characters; at most {limits.MaximumNameBytes} are allowed.", null);
            }

            if (!names.Add(name))
            {
                throw Failure("the header has this name twice.", name);
            }

            if (names.Count > limits.MaximumObjects)
            {
                throw Failure($"the file has more than {limits.MaximumObjects} arrays.", null);
            }

            if (name == Metadata)
            {
                ReadMetadata(ref json);
            }
            else
            {
                ReadTensor(ref json, name);
            }
        }

        if (json.TokenType != JsonTokenType.EndObject)
        {
            throw Failure("the header is truncated.", null);
        }

        while (json.Read())
        {
            // Only white space may follow; anything else is a JsonException.
        }

        CheckPlaces();
        return [.. found.Select(entry => entry.Weight)];
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "an object of strings", Metadata);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            bool isChecksum = json.ValueTextEquals(ContentChecksum.Key);
            Expect(ref json, JsonTokenType.String, "a string", Metadata);
            if (isChecksum)
            {
                Checksum = json.GetString();
            }
        }
    }

    private void ReadTensor(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.StartObject, "an object with dtype, shape and data_offsets", name);
        string? type = null;
        long[]? shape = null, place = null;
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            switch (key)
            {
                case "dtype" when type is null:
                    Expect(ref json, JsonTokenType.String, "the name of a type", name);
                    type = json.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = Numbers(ref json, name, limits.MaximumRank);
                    break;
                case "data_offsets" when place is null:
                    place = Numbers(ref json, name, 2);
                    break;
                default:
                    throw Failure($"unexpected key '{Shown(key)}'; expected dtype, shape and data_offsets, each once.", name);
            }
        }

        if (type is null || shape is null || place is not [var start, var end])
        {
            throw Failure("dtype, shape or data_offsets is missing.", name);
        }

        string known = SafetensorsType.TypeOf(type)
            ?? throw Failure($"unknown type '{Shown(type)}'; known are {SafetensorsType.All}.", name);
        Int128 bytes = WeightType.SizeOf(known);
        foreach (long size in shape)
        {
            bytes = Int128.Min(bytes * size, long.MaxValue);
        }

        if (start > end || end > DataLength)
        {
            throw Failure($"the data range from {start} to {end} is outside the {DataLength} bytes of data.", name);
        }

        if (bytes != end - start)
        {
            throw Failure($"the shape [{string.Join(", ", shape)}] of {type} has {bytes} bytes, but the file stores {end - start}.", name);
        }

        if (bytes > limits.MaximumWeightBytes)
        {
            throw Failure($"the weight has {bytes} bytes; at most {limits.MaximumWeightBytes} are allowed.", name);
        }

        found.Add((start, new WeightData(name, shape, known, new StoredContent(file, dataStart + start))));
    }

    private long[] Numbers(ref Utf8JsonReader json, string name, int most)
    {
        Expect(ref json, JsonTokenType.StartArray, "a list of integers", name);
        List<long> numbers = [];
        while (Next(ref json) == JsonTokenType.Number)
        {
            if (numbers.Count == most)
            {
                throw Failure($"the list has more than {most} numbers.", name);
            }

            numbers.Add(json.TryGetInt64(out long number) && number >= 0 ? number : throw Failure("expected a size of 0 or more.", name));
        }

        return json.TokenType == JsonTokenType.EndArray ? [.. numbers] : throw Failure("expected integers.", name);
    }

    // The format allows neither gaps nor overlaps: bytes that no array refers to could contain anything.
    private void CheckPlaces()
    {
        long next = 0;
        foreach ((long start, WeightData weight) in found.OrderBy(entry => entry.Start).ThenBy(entry => entry.Weight.ByteCount))
        {
            if (start != next)
            {
                throw Failure($"the data start at {start}, but those of the array before end at {next}.", weight.Name);
            }

            next += weight.ByteCount;
        }

        if (next != DataLength)
        {
            throw Failure($"the arrays take {next} of the {DataLength} bytes after the header.", null);
        }
    }

    private void Expect(ref Utf8JsonReader json, JsonTokenType type, string what, string name)
    {
        if (Next(ref json) != type)
        {
            throw Failure($"expected {what}.", name);
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader json) => json.Read() ? json.TokenType : JsonTokenType.None;

    private ModelFormatException Failure(string problem, string? name) =>
        new(problem, file.FileName, name is null ? "header" : Shown(name));

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
}
