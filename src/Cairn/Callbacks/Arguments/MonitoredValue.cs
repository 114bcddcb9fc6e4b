using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// One of several values that a callback monitors: its name in the logs and, where they differ from those of the callback, its mode and
/// minimum change. Converts implicitly from a string.
/// </summary>
/// <example>
/// <code>
/// new EarlyStopping(monitors: ["val_loss", new("val_f1_score", mode: "max", minDelta: 0.01)], patience: 3)
/// </code>
/// </example>
public readonly record struct MonitoredValue
{
    /// <summary>Creates a monitored value.</summary>
    /// <param name="name">Its name in the logs, such as <c>val_loss</c>.</param>
    /// <param name="mode">Whether lower or higher is better; <c>"auto"</c> (default) uses the mode of the callback.</param>
    /// <param name="minDelta">
    /// Minimum change that counts as an improvement; its sign is ignored. Null (default) uses the value of the callback.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public MonitoredValue(string name, MonitorMode mode = default, double? minDelta = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Mode = mode;
        MinDelta = minDelta is { } delta ? Math.Abs(delta) : null;
    }

    /// <summary>The name in the logs.</summary>
    public string Name { get; }

    /// <summary>Whether lower or higher is better; <see cref="MonitorMode.Auto"/> uses the mode of the callback.</summary>
    public MonitorMode Mode { get; }

    /// <summary>Minimum change that counts as an improvement, 0 or more; null uses the value of the callback.</summary>
    public double? MinDelta { get; }

    /// <summary>Converts a name.</summary>
    /// <param name="name">The name in the logs.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static implicit operator MonitoredValue(string name) => new(name);

    /// <summary>Reads a list of names, or of objects with <c>name</c> and, optionally, <c>mode</c> and <c>min_delta</c>.</summary>
    internal static IReadOnlyList<MonitoredValue>? ListFromConfig(ConfigReader config, string key) => config.Node(key) switch
    {
        null => null,
        JsonArray list => [.. list.Select((one, i) => FromConfig(config, $"{key}[{i}]", one))],
        _ => throw config.Wrong(key, "a list of names"),
    };

    internal JsonNode ToJson() => new JsonObject { ["name"] = Name, ["mode"] = Mode.ToString(), ["min_delta"] = JsonNumber.Of(MinDelta) };

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static MonitoredValue FromConfig(ConfigReader config, string key, JsonNode? node)
    {
        if (node is JsonValue value && value.TryGetValue(out string? name))
        {
            return name;
        }

        if (node is not JsonObject json)
        {
            throw config.Wrong(key, "a list of names, or of objects with a name", node);
        }

        var one = ConfigReader.Strict(json, $"{config.Place}/{key}");
        var monitored = new MonitoredValue(one.String("name"), one.OptionalString("mode") ?? "auto", one.OptionalDouble("min_delta"));
        one.RefuseOthers();
        return monitored;
    }
}
