using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Reads one Keras <c>config</c> object: the type of every value is checked, and errors name the place.</summary>
internal sealed class ConfigReader(JsonObject json, string place)
{
    // The keys that were read; null if unknown keys are allowed.
    private HashSet<string>? asked;

    /// <summary>The place of this object in the whole configuration.</summary>
    public string Place { get; } = place;

    /// <summary>A reader that records the keys it is asked for, so that <see cref="RefuseOthers"/> finds unknown ones.</summary>
    /// <remarks>NaN and infinities may be given as strings, since JSON has no notation for them.</remarks>
    public static ConfigReader Strict(JsonObject json, string place) => new(json, place) { asked = new(StringComparer.Ordinal) };

    public static ConfigReader From(JsonNode? node, string place) =>
        node is JsonObject json ? new ConfigReader(json, place)
        : throw new ConfigException(place, $"expected an object, found {Kind(node)}");

    /// <summary>Throws if there is a key that was never read; only for a <see cref="Strict"/> reader.</summary>
    public void RefuseOthers()
    {
        if (json.Select(pair => pair.Key).FirstOrDefault(key => !asked!.Contains(key)) is { } unknown)
        {
            string hint = asked!.Count == 0 ? "It takes no arguments." : NearestName.Hint(unknown, asked);
            throw new ConfigException($"{Place}/{unknown}", hint) { IsUnknownKey = true };
        }
    }

    public bool Has(string key) => Value(key) is not null;

    /// <summary>Whether the key is present, even if its value is null.</summary>
    public bool HasKey(string key)
    {
        asked?.Add(key);
        return json.ContainsKey(key);
    }

    public JsonNode? Node(string key) => Value(key);

    public int Int(string key, int? fallback = null) => (int)Long(key, fallback, int.MinValue, int.MaxValue);

    public long Long(string key, long? fallback = null, long least = long.MinValue, long most = long.MaxValue)
    {
        if (Value(key) is not { } node)
        {
            return fallback ?? throw Missing(key, "an integer");
        }

        string expected = least is long.MinValue or int.MinValue ? "an integer" : $"an integer from {least} to {most}";
        double number = Number(node, key, expected);
        if (number != Math.Floor(number) || number < least || number > most)
        {
            throw Wrong(key, expected, node);
        }

        return (long)number;
    }

    public double Double(string key, double? fallback = null) =>
        Value(key) is { } node ? Number(node, key) : fallback ?? throw Missing(key, "a number");

    /// <summary>A number, or null if the configuration says so; if the key is absent, <paramref name="missing"/>.</summary>
    public double? OptionalDouble(string key, double? missing = null) =>
        !HasKey(key) ? missing : Value(key) is { } node ? Number(node, key) : null;

    public int? OptionalInt(string key) => Value(key) is null ? null : Int(key);

    /// <summary>A number of seconds, or null if there is none.</summary>
    public TimeSpan? OptionalSeconds(string key) => OptionalDouble(key) switch
    {
        null => null,
        { } seconds when Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds => TimeSpan.FromSeconds(seconds),
        _ => throw Wrong(key, "a number of seconds"),
    };

    public TimeSpan Seconds(string key) => OptionalSeconds(key) ?? throw Missing(key, "a number of seconds");

    /// <summary>A list of names, or null if there is none.</summary>
    public IReadOnlyList<string>? OptionalNames(string key) => Value(key) switch
    {
        null => null,
        JsonArray list when list.All(item => item?.GetValueKind() == JsonValueKind.String) =>
            [.. list.Select(item => item!.GetValue<string>())],
        _ => throw Wrong(key, "a list of names"),
    };

    /// <summary>An object of strings, or null if there is none.</summary>
    public IReadOnlyDictionary<string, string>? OptionalStringMap(string key) => Value(key) switch
    {
        null => null,
        JsonObject map when map.All(pair => pair.Value?.GetValueKind() == JsonValueKind.String) =>
            map.ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>(), StringComparer.Ordinal),
        _ => throw Wrong(key, "an object of strings, or null"),
    };

    /// <summary>The value of a required key.</summary>
    public JsonNode Required(string key, string expected) => Value(key) ?? throw Missing(key, expected);

    /// <summary>An exception that states what was expected for a key.</summary>
    public ConfigException Wrong(string key, string expected) => Wrong(key, expected, Value(key));

    public long? OptionalLong(string key) => Value(key) is null ? null : Long(key);

    public bool Bool(string key, bool fallback) => Value(key) switch
    {
        null => fallback,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        var other => throw Wrong(key, "true or false", other),
    };

    public string? OptionalString(string key) => Value(key) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => throw Wrong(key, "a string", other),
    };

    /// <summary>A list of strings; empty if there is none.</summary>
    public string[] Strings(string key) => Value(key) switch
    {
        null => [],
        JsonArray list =>
            [.. list.Select((item, i) => item is JsonValue value && value.TryGetValue(out string? text) ? text
            : throw Wrong($"{key}[{i}]", "a string", item))],
        var other => throw Wrong(key, "a list of strings", other),
    };

    /// <summary>A list of numbers.</summary>
    public double[] Doubles(string key) => Value(key) switch
    {
        JsonArray list => [.. list.Select((item, i) => Number(item, $"{key}[{i}]"))],
        null => throw Missing(key, "a list of numbers"),
        var other => throw Wrong(key, "a list of numbers", other),
    };

    public string String(string key) => OptionalString(key) ?? throw Missing(key, "a string");

    public string Choice(string key, string fallback, params string[] allowed)
    {
        string value = OptionalString(key) ?? fallback;
        return allowed.Contains(value)
            ? value
            : throw new ConfigException($"{Place}/{key}", $"'{value}' is not one of {string.Join(", ", allowed.Select(a => $"'{a}'"))}");
    }

    /// <summary>An integer or a list of <paramref name="count"/> of them, as Keras allows for sizes and strides.</summary>
    public long[] Sizes(string key, int count, long[]? fallback = null)
    {
        switch (Value(key))
        {
            case null:
                return fallback ?? throw Missing(key, $"{count} integers");
            case JsonArray list when list.Count == count:
                return [.. list.Select((item, i) => Size(item, $"{key}[{i}]"))];
            case JsonValue value:
                long size = Size(value, key);
                return [.. Enumerable.Repeat(size, count)];
            case var other:
                throw Wrong(key, $"{count} integers", other);
        }
    }

    /// <summary>Numbers: a single one, a list, or an array in Keras' envelope.</summary>
    public double[]? OptionalDoubles(string key) => Elements(Value(key)) switch
    {
        null => null,
        JsonArray list => [.. list.Select((item, i) => Number(Elements(item), $"{key}[{i}]"))],
        var single => [Number(single, key)],
    };

    /// <summary>Integers: a single one, a list, or an array in Keras' envelope.</summary>
    public int[]? OptionalInts(string key) =>
        OptionalDoubles(key)?.Select(number => number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw Wrong(key, "integers", Value(key))).ToArray();

    /// <summary>A shape: a list of integers and nulls, with at most <see cref="MostAxes"/> items.</summary>
    public Shape? OptionalShape(string key)
    {
        if (Value(key) is not { } node)
        {
            return null;
        }

        if (node is not JsonArray list || list.Count > MostAxes)
        {
            throw Wrong(key, $"a list of at most {MostAxes} sizes", node);
        }

        return [.. list.Select((item, i) => item is null ? Cairn.Shape.None : Size(item, $"{key}[{i}]"))];
    }

    /// <summary>One axis or a list of them.</summary>
    public Axes Axes(string key, int fallback) => json[key] is JsonArray ? Cairn.Axes.Create(OptionalInts(key)) : Int(key, fallback);

    public Shape Shape(string key) => OptionalShape(key) ?? throw Missing(key, "a shape");

    public ConfigReader Object(string key) => From(Value(key), $"{Place}/{key}");

    /// <summary>Throws if an unsupported setting is used, instead of silently ignoring it.</summary>
    public void RefuseUnlessNull(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (Value(key) is { } node)
            {
                throw new ConfigException($"{Place}/{key}", $"not supported yet, must be null; found {Excerpt(node)}");
            }
        }
    }

    public ConfigException Error(string key, string message) => new($"{Place}/{key}", message);

    private const int MostAxes = 16;
    private const int MostShown = 80;

    /// <summary>The same for a part of a key's value.</summary>
    public ConfigException Wrong(string key, string expected, JsonNode? found) =>
        new($"{Place}/{key}", $"expected {expected}, found {Excerpt(found)}") { Expected = expected, Found = Described(found) };

    private ConfigException Missing(string key, string expected) =>
        new($"{Place}/{key}", $"expected {expected}, found nothing") { Expected = expected };

    private static string Described(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "an object",
        JsonArray => "a list",
        _ => Excerpt(node),
    };

    private JsonNode? Value(string key)
    {
        asked?.Add(key);
        return json[key];
    }

    private static JsonNode? Elements(JsonNode? node) =>
        node is JsonObject envelope && IsArray(envelope["class_name"]) ? (envelope["config"] as JsonObject)?["value"] : node;

    private static bool IsArray(JsonNode? className) =>
        className is JsonValue value && value.TryGetValue(out string? name) && name is ("__tensor__" or "__numpy__");

    private long Size(JsonNode? item, string key)
    {
        double number = Number(item, key);
        return number == Math.Floor(number) && number is >= 0 and <= int.MaxValue
            ? (long)number
            : throw Wrong(key, "a size of 0 to 2147483647", item);
    }

    private double Number(JsonNode? node, string key, string expected = "a number")
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
        {
            if (value.TryGetValue(out double number))
            {
                return number;
            }

            if (value.TryGetValue(out long whole))
            {
                return whole;
            }

            if (value.TryGetValue(out int small))
            {
                return small;
            }

            if (value.TryGetValue(out float single))
            {
                return single;
            }
        }

        if (asked is not null && node is JsonValue text && text.TryGetValue(out string? word) && word is "NaN" or "Infinity" or "-Infinity")
        {
            return double.Parse(word, CultureInfo.InvariantCulture);
        }

        throw Wrong(key, expected, node);
    }

    private static string Kind(JsonNode? node) => node?.GetValueKind().ToString().ToLowerInvariant() ?? "nothing";

    private static string Excerpt(JsonNode? node) => node is null ? "nothing" : JsonExcerpt.Of(node, MostShown);
}
