using System.Globalization;
using System.Text.Json;

namespace Cairn.Dashboard.Runs;

/// <summary>Numbers in JSON, including those that JSON does not support.</summary>
internal static class JsonNumbers
{
    /// <summary>A number, null, or <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> as text.</summary>
    public static void WriteAnyNumber(this Utf8JsonWriter json, double? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case { } number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case { } number:
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>A property that is a number or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        json.WriteAnyNumber(value);
    }
}
