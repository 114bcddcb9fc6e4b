using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Posts;

/// <summary>
/// An epoch as Keras' <c>RemoteMonitor</c> sends it: <c>{"epoch": 0, "loss": 0.5, "accuracy": 0.8}</c>, with Python's <c>NaN</c> and
/// <c>Infinity</c>, which JSON does not have.
/// </summary>
internal static class EpochMessage
{
    private const string Epoch = "epoch";
    private const int MostNames = 1000;
    private const int MostOfAName = 200;
    private const string Expected = "expected {\"epoch\": 0, \"loss\": 0.5, …}: an epoch index from 0, and numbers by name";
    private static readonly string[] NoNumbersOfJson = ["NaN", "-Infinity", "Infinity"];

    /// <summary>Reads a message.</summary>
    /// <returns>The values, or what is wrong.</returns>
    public static (EpochRow? Row, string? Problem) Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(WithQuotedNumbers(json), new JsonDocumentOptions { MaxDepth = 4 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(Epoch, out JsonElement index)
                || index.ValueKind != JsonValueKind.Number || !index.TryGetInt32(out int epoch) || epoch < 0)
            {
                return (null, Expected);
            }

            var values = new OrderedDictionary<string, double>(StringComparer.Ordinal);
            foreach (JsonProperty property in root.EnumerateObject())
            {
                if (property.Name == Epoch)
                {
                    continue;
                }

                if (property.Name.Length is 0 or > MostOfAName || values.Count >= MostNames)
                {
                    return (null, $"at most {MostNames} names of 1 to {MostOfAName} characters are allowed");
                }

                if (NumberOf(property.Value) is { } number)
                {
                    values[property.Name] = number;
                }
                else if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    return (null, $"the value of '{property.Name}' is not a number");
                }
            }

            return (new EpochRow(epoch, [.. values]), null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, $"{Expected}; it is not JSON: {exception.Message}");
        }
    }

    // Keras logs NumPy scalars as numbers or, from some backends, as their text.
    private static double? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) =>
            number,
        _ => null,
    };

    private static string WithQuotedNumbers(string json)
    {
        if (!json.Contains('N', StringComparison.Ordinal) && !json.Contains('I', StringComparison.Ordinal))
        {
            return json;
        }

        var text = new StringBuilder(json.Length + 16);
        bool inText = false;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] == '\\' && inText && i + 1 < json.Length)
            {
                text.Append(json, i++, 2);
                continue;
            }

            inText ^= json[i] == '"';
            string? number = inText ? null
                : NoNumbersOfJson.FirstOrDefault(one => string.CompareOrdinal(json, i, one, 0, one.Length) == 0);
            if (number is not null)
            {
                text.Append('"').Append(number).Append('"');
                i += number.Length - 1;
            }
            else
            {
                text.Append(json[i]);
            }
        }

        return text.ToString();
    }
}
