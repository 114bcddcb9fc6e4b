using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Serializes callbacks to and from JSON, in Keras' object format:
/// <c>{"class_name": "ReduceLROnPlateau", "config": {"monitor": "val_loss", "min_lr": 1e-05}}</c>.
/// Arguments have Keras' names; omitted ones take their defaults. A custom callback overrides <see cref="Callback.WriteConfig"/> and is
/// created by the factory registered for its class name in <see cref="CustomObjects"/>.
/// </summary>
public static class CallbackSerialization
{
    private static readonly string[] ObjectKeys = ["class_name", "config", "module", "registered_name"];

    /// <summary>Creates a callback from JSON.</summary>
    /// <param name="json">An object with <c>class_name</c> and, optionally, <c>config</c>.</param>
    /// <exception cref="ArgumentException">
    /// The class or an argument is unknown, or a value is not allowed. The message names it and the nearest valid name.
    /// </exception>
    public static Callback Deserialize(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException(
                $"A callback must be a JSON object with \"class_name\" and \"config\"; it is {Describe(json)}.", nameof(json));
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!ObjectKeys.Contains(property.Name))
            {
                throw new ArgumentException(
                    $"A callback has no key '{property.Name}'. {NearestName.Hint(property.Name, ObjectKeys)}", nameof(json));
            }
        }

        if (!json.TryGetProperty("class_name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            throw new ArgumentException($"A callback needs a \"class_name\". Known: {string.Join(", ", CallbackRegistry.ClassNames)}.",
                nameof(json));
        }

        string className = name.GetString()!;
        JsonObject config = !json.TryGetProperty("config", out JsonElement given) || given.ValueKind == JsonValueKind.Null ? []
            : given.ValueKind == JsonValueKind.Object ? JsonObject.Create(given)!
            : throw new ArgumentException($"The config of {className} must be a JSON object; it is {Describe(given)}.", nameof(json));
        try
        {
            return CallbackRegistry.Create(JsonObject.Create(json)!, className, config);
        }
        catch (ConfigException exception)
        {
            throw Told(className, exception);
        }
    }

    /// <summary>Creates several callbacks from JSON.</summary>
    /// <param name="json">A JSON array of objects, each with <c>class_name</c> and, optionally, <c>config</c>.</param>
    /// <exception cref="ArgumentException">
    /// The text is not such an array, or <see cref="Deserialize"/> fails for an entry; the message includes the index of the entry.
    /// </exception>
    public static IReadOnlyList<Callback> DeserializeList(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonDocument document;
        try
        {
            ModelJson.RequireWholeTexts(System.Text.Encoding.UTF8.GetBytes(json));
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The list of callbacks is not JSON: {e.Message}", nameof(json), e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new ArgumentException(
                    $"The callbacks must be a JSON list; it is {Describe(document.RootElement)}.", nameof(json));
            }

            return [.. document.RootElement.EnumerateArray().Select(ReadEntry)];
        }
    }

    /// <summary>Serializes a callback with all its arguments.</summary>
    /// <param name="callback">One of Cairn's callbacks, or one whose class overrides <see cref="Callback.WriteConfig"/>.</param>
    /// <exception cref="ArgumentException">
    /// The callback is any other, or consists of functions, such as <see cref="LambdaCallback"/>.
    /// </exception>
    public static JsonElement Serialize(Callback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        using var document = JsonDocument.Parse(callback.Serialize().ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>Serializes several callbacks as a JSON array, which <see cref="DeserializeList"/> reads.</summary>
    /// <param name="callbacks">Callbacks that <see cref="Serialize"/> supports.</param>
    /// <exception cref="ArgumentException">A callback can't be serialized.</exception>
    public static string SerializeList(IEnumerable<Callback> callbacks)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        return new JsonArray([.. callbacks.Select(callback => callback.Serialize())]).ToJsonString();
    }

    private static Callback ReadEntry(JsonElement entry, int index)
    {
        try
        {
            return Deserialize(entry);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Shortened.Message($"Callback {index} of the list: {e.Message}"), "json", e);
        }
    }

    /// <summary>The exception for a callback that JSON can't represent.</summary>
    internal static ArgumentException MadeOfFunctions(string className) =>
        new($"{className} consists of functions, which can't be serialized to JSON; create it in code.");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => Shortened.Of(value.GetRawText()),
    };

    // The config reader reports paths; in these messages they are argument names.
    private static ArgumentException Told(string className, ConfigException exception)
    {
        string argument = exception.Place.StartsWith(className + "/", StringComparison.Ordinal) ? exception.Place[(className.Length + 1)..]
            : exception.Place;
        string message = exception switch
        {
            { Expected: { } expected, Found: { } found } => $"The argument '{argument}' of {className} must be {expected}; it is {found}.",
            { Expected: not null } => $"{className} needs the argument '{argument}'.",
            { IsUnknownKey: true } => $"{className} has no argument '{argument}'. {exception.Problem}",
            _ => $"The argument '{argument}' of {className} is invalid: {exception.Problem}",
        };
        return new ArgumentException(Shortened.Message(message), Shortened.Of(argument), exception);
    }
}
