using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving.Runs;

/// <summary>
/// The values of a state as JSON that can be read back. Numbers that JSON does not support are written as <c>{"$number": "NaN"}</c>; values
/// that no reader would accept are rejected before anything is written.
/// </summary>
internal static class StateJson
{
    private const string Number = "$number";
    private const string Escaped = "$object";

    /// <summary>Returns a copy that can be written.</summary>
    /// <param name="node">The values.</param>
    /// <param name="depth">Maximum nesting depth of objects and lists.</param>
    /// <exception cref="InvalidOperationException">A value can't be saved; the message says which one, and why.</exception>
    public static JsonObject Write(JsonObject node, int depth) => (JsonObject)Write(node, "", depth)!;

    /// <summary>Returns the values that were passed to <see cref="Write(JsonObject, int)"/>.</summary>
    public static JsonObject Read(JsonObject node) =>
        Read((JsonNode)node) as JsonObject ?? throw new InvalidOperationException("expected an object of values");

    private static JsonNode? Write(JsonNode? node, string place, int depth)
    {
        if (depth < 0)
        {
            throw new InvalidOperationException($"'{Start(place)}' is nested too deeply to be read back.");
        }

        switch (node)
        {
            case JsonObject map:
                var copy = new JsonObject();
                foreach ((string name, JsonNode? value) in map)
                {
                    RequireWhole(name, place);
                    copy[name] = Write(value, place.Length == 0 ? name : $"{place}.{name}", depth - 1);
                }

                return map.Count == 1 && (map.ContainsKey(Number) || map.ContainsKey(Escaped)) ? new JsonObject { [Escaped] = copy } : copy;
            case JsonArray list:
                return new JsonArray([.. list.Select((value, index) => Write(value, $"{place}[{index}]", depth - 1))]);
            case JsonValue value when NotFinite(value) is { } word:
                return new JsonObject { [Number] = word };
            case JsonValue value:
                return Plain(value, place);
            default:
                return null;
        }
    }

    private static JsonNode? Plain(JsonValue value, string place)
    {
        if (value.TryGetValue(out string? text))
        {
            RequireWhole(text, place);
            return JsonValue.Create(text);
        }

        try
        {
            // A value created from any .NET type is read back as plain JSON.
            return JsonNode.Parse(value.ToJsonString());
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or NotSupportedException or JsonException)
        {
            throw new InvalidOperationException($"'{Start(place)}' can't be written as JSON: {exception.Message}", exception);
        }
    }

    private static JsonNode? Read(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } map when map[Number] is JsonValue word && word.TryGetValue(out string? text) => JsonValue.Create(text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            _ => double.NegativeInfinity,
        }),
        JsonObject { Count: 1 } map when map[Escaped] is JsonObject escaped => Copy(escaped),
        JsonObject map => Copy(map),
        JsonArray list => new JsonArray([.. list.Select(Read)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject Copy(JsonObject map) => new(map.Select(pair => KeyValuePair.Create(pair.Key, Read(pair.Value))));

    private static string? NotFinite(JsonValue value)
    {
        double number = value.TryGetValue(out double wide) ? wide : value.TryGetValue(out float narrow) ? narrow : 0;
        return number switch
        {
            double.NaN => "NaN",
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            _ => null,
        };
    }

    private static void RequireWhole(string text, string place)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                throw new InvalidOperationException($"'{Start(place)}' has a string with an unpaired surrogate.");
            }
        }
    }

    private static string Start(string place) => place.Length <= 100 ? place : $"{place.AsSpan(0, 100)}…";
}
