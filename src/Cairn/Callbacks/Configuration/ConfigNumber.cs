using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>Numbers in the configurations of callbacks: JSON has no notation for NaN and the infinities, which are written as text.</summary>
internal static class ConfigNumber
{
    public static JsonNode? Of(double? value) => value is not { } number
        ? null
        : double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));
}
