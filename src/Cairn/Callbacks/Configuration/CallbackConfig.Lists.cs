using System.Globalization;
using System.Text.Json;

namespace Cairn.Callbacks;

/// <content>Arguments that must be there, that may be none, and that are lists or maps.</content>
internal sealed partial class CallbackConfig
{
    public double Number(string name) => Number(name, Required(name));

    public int Whole(string name) => WholeOf(name, Required(name));

    public int? WholeOrNone(string name) =>
        arguments.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? WholeOf(name, value) : null;

    public string? TextOrNone(string name) =>
        arguments.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Text(name) : null;

    public IReadOnlyList<string>? NamesOrNone(string name)
    {
        if (!arguments.TryGetValue(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(one => one.GetString()!)]
            : throw Wrong(name, value, "a list of names");
    }

    /// <summary>An object whose keys are whole numbers, as JSON has no others, and whose values are too.</summary>
    public IReadOnlyDictionary<int, int> WholeByWhole(string name)
    {
        JsonElement value = Required(name);
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(name, value, "an object that has whole numbers for whole numbers, such as {\"0\": 4}");
        }

        var map = new Dictionary<int, int>();
        foreach (JsonProperty entry in value.EnumerateObject())
        {
            int key = int.TryParse(entry.Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ArgumentException($"The keys of '{name}' of {className} must be whole numbers; one is '{entry.Name}'.", name);
            map[key] = WholeOf(name, entry.Value);
        }

        return map;
    }

    private JsonElement Required(string name) =>
        arguments.TryGetValue(name, out JsonElement value) ? value : throw new ArgumentException($"{className} needs the argument '{name}'.", name);

    private int WholeOf(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(name, value, "a whole number");
}
