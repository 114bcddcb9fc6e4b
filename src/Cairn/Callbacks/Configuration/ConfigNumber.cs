using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>Numbers in callback configurations. JSON has no notation for NaN and infinity, which are written as strings.</summary>
internal static class ConfigNumber
{
    public static JsonNode? Of(double? value) => value is not { } number
        ? null
        : double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));
}
