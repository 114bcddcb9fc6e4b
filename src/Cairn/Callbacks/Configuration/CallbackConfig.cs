using System.Globalization;
using System.Text.Json;

namespace Cairn.Callbacks;

/// <summary>Reads the arguments of one callback from JSON, in Keras' spelling, and says clearly what does not fit.</summary>
internal sealed partial class CallbackConfig
{
    private readonly string className;
    private readonly Dictionary<string, JsonElement> arguments = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The configuration is not an object, or it has an argument that is not allowed.</exception>
    public CallbackConfig(string className, JsonElement? config, IReadOnlyList<string> allowed)
    {
        this.className = className;
        if (config is not { ValueKind: not JsonValueKind.Null } given)
        {
            return;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"The config of {className} must be a JSON object; it is {Describe(given)}.", nameof(config));
        }

        foreach (JsonProperty property in given.EnumerateObject())
        {
            if (!allowed.Contains(property.Name))
            {
                string hint = allowed.Count == 0 ? "It takes no arguments." : NearestName.Hint(property.Name, allowed);
                throw new ArgumentException($"{className} has no argument '{property.Name}'. {hint}", property.Name);
            }

            arguments[property.Name] = property.Value;
        }
    }

    public string Text(string name, string? otherwise = null)
    {
        if (!arguments.TryGetValue(name, out JsonElement value))
        {
            return otherwise ?? throw new ArgumentException($"{className} needs the argument '{name}'.", name);
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, value, "text");
    }

    public bool Flag(string name, bool otherwise = false) => !arguments.TryGetValue(name, out JsonElement value) ? otherwise : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, value, "true or false"),
    };

    public int Whole(string name, int otherwise)
    {
        if (!arguments.TryGetValue(name, out JsonElement value))
        {
            return otherwise;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(name, value, "a whole number");
    }

    public double Number(string name, double otherwise) => arguments.TryGetValue(name, out JsonElement value) ? Number(name, value) : otherwise;

    public double? NumberOrNone(string name) =>
        arguments.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Number(name, value) : null;

    public InitialThreshold? ThresholdOrNone(string name)
    {
        if (arguments.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() == "auto")
        {
            return InitialThreshold.Auto;
        }

        return NumberOrNone(name);
    }

    /// <summary>A list of names, or of objects with <c>name</c> and, optionally, <c>mode</c> and <c>min_delta</c>.</summary>
    public IReadOnlyList<MonitoredValue>? MonitorsOrNone(string name)
    {
        if (!arguments.TryGetValue(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one => Monitored(name, one))]
            : throw Wrong(name, value, "a list of names");
    }

    /// <summary>An object of texts, such as HTTP headers.</summary>
    public IReadOnlyDictionary<string, string>? TextsOrNone(string name)
    {
        if (!arguments.TryGetValue(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(pair => pair.Value.ValueKind == JsonValueKind.String)
            ? value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)
            : throw Wrong(name, value, "an object of texts, or null");
    }

    /// <summary>A number of seconds as a length of time, which holds less than all numbers.</summary>
    public TimeSpan Seconds(string name, double seconds) => Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw Wrong(name, arguments[name], "a number of seconds");

    public UpdateFrequency Update(string name) => Element(name) switch
    {
        null => UpdateFrequency.Epoch,
        { ValueKind: JsonValueKind.String } word => word.GetString()!,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int batches) => batches,
        { } other => throw Wrong(name, other, "\"epoch\", \"batch\" or a whole number of batches, 1 or more"),
    };

    public SaveErrorPolicy ErrorPolicy() => Text("on_error", "stop");

    public BackupFrequency BackupFrequency(string name)
    {
        if (!arguments.TryGetValue(name, out JsonElement value))
        {
            return default;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number when value.TryGetInt32(out int batches) => batches,
            JsonValueKind.Object when value.TryGetProperty("seconds", out JsonElement time) && time.TryGetDouble(out double seconds) => Seconds(name, seconds),
            _ => throw Wrong(name, value, "\"epoch\", a whole number of batches, 1 or more, or {\"seconds\": number}"),
        };
    }

    /// <summary>An argument as it is written; null if it is left out.</summary>
    public JsonElement? Element(string name) => arguments.TryGetValue(name, out JsonElement value) ? value : null;

    public MonitorMode Mode() => Text("mode", "auto");

    public SaveFrequency Frequency(string name)
    {
        if (!arguments.TryGetValue(name, out JsonElement value))
        {
            return SaveFrequency.Epoch;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number when value.TryGetInt32(out int batches) => batches,
            _ => throw Wrong(name, value, "\"epoch\" or a whole number of batches, 1 or more"),
        };
    }

    internal static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    private MonitoredValue Monitored(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(name, value, "a list of names, or of objects with a name");
        }

        var one = new CallbackConfig($"{className}'s {name}", value, ["name", "mode", "min_delta"]);
        return new MonitoredValue(one.Text("name"), one.Mode(), one.NumberOrNone("min_delta"));
    }

    private double Number(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        // JSON has no notation for these three; they are written as text.
        bool special = value.ValueKind == JsonValueKind.String && value.GetString() is "NaN" or "Infinity" or "-Infinity";
        return special ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : throw Wrong(name, value, "a number");
    }

    internal ArgumentException Wrong(string name, JsonElement value, string expected) =>
        new($"The argument '{name}' of {className} must be {expected}; it is {Describe(value)}.", name);
}
