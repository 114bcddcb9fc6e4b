using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Callbacks;

namespace Cairn.Saving;

/// <summary>Writes JSON like Python's <c>json.dumps</c>.</summary>
/// <remarks>
/// Written by hand, because System.Text.Json writes the float 0.0 as <c>0</c>, which Python reads as an int, and Keras' SGD rejects a
/// momentum that is an int.
/// </remarks>
internal static class PythonJson
{
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                AppendAll(text, '{', '}', map, pair =>
                {
                    text.Append(PythonString.Quoted(pair.Key)).Append(": ");
                    Append(text, pair.Value);
                });
                break;
            case JsonArray list:
                AppendAll(text, '[', ']', list, item => Append(text, item));
                break;
            case JsonValue value when value.TryGetValue(out string? word):
                text.Append(PythonString.Quoted(word));
                break;
            case JsonValue value when value.TryGetValue(out bool flag):
                text.Append(flag ? "true" : "false");
                break;
            case JsonValue value when value.TryGetValue(out long whole):
                text.Append(CultureInfo.InvariantCulture, $"{whole}");
                break;
            case JsonValue value when value.TryGetValue(out int whole):
                text.Append(CultureInfo.InvariantCulture, $"{whole}");
                break;
            case JsonValue value when value.TryGetValue(out double number) && double.IsFinite(number):
                text.Append(PythonNumber.Repr(number));
                break;
            default:
                throw new NotSupportedException($"The number {node} is not supported in a model's configuration.");
        }
    }

    private static void AppendAll<T>(StringBuilder text, char open, char close, IEnumerable<T> items, Action<T> append)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            if (!first)
            {
                text.Append(", ");
            }

            first = false;
            append(item);
        }

        text.Append(close);
    }
}
