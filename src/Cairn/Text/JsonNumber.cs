using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn;

/// <summary>Numbers in JSON, which has no notation for NaN and infinity; these are written as strings.</summary>
internal static class JsonNumber
{
    /// <summary>A number, null, or <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>.</summary>
    public static JsonNode? Of(double? value) => value is not { } number
        ? null
        : double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));
}
