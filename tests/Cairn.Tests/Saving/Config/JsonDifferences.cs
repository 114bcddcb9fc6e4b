using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Tests.Saving;

/// <summary>The differences of two JSON values, with both values each; a missing key counts as null, and the order of keys is
/// ignored.</summary>
internal static class JsonDifferences
{
    public static IEnumerable<string> Between(JsonNode? expected, JsonNode? actual, string place = "")
    {
        if (expected is JsonObject map && actual is JsonObject other)
        {
            return map.Select(p => p.Key).Union(other.Select(p => p.Key))
                .SelectMany(key => Between(map[key], other[key], $"{place}/{key}"));
        }

        if (expected is JsonArray list && actual is JsonArray another && list.Count == another.Count)
        {
            return list.Zip(another).SelectMany((pair, i) => Between(pair.First, pair.Second, $"{place}[{i}]"));
        }

        return JsonNode.DeepEquals(expected, actual) || SameNumber(expected, actual) ? []
            : [$"{place}: {Text(expected)}, here {Text(actual)}"];
    }

    // To float32 precision; but Python distinguishes 1 and 1.0.
    private static bool SameNumber(JsonNode? a, JsonNode? b) =>
        a?.GetValueKind() == JsonValueKind.Number && b?.GetValueKind() == JsonValueKind.Number
        && IsWhole(a) == IsWhole(b)
        && Math.Abs(a.GetValue<double>() - b.GetValue<double>()) <= 1e-6 * Math.Abs(a.GetValue<double>());

    private static bool IsWhole(JsonNode number) => number.ToJsonString().IndexOfAny(['.', 'e', 'E']) < 0;

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
