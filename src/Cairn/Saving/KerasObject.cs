using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>The envelope Keras 3 puts around a serialised object: module, class name, config and registered name.</summary>
internal static class KerasObject
{
    public static JsonObject Wrap(string module, string className, JsonObject config) => new()
    {
        ["module"] = module,
        ["class_name"] = className,
        ["config"] = config,
        ["registered_name"] = null,
    };

    /// <summary>The class name and config of an envelope of Keras 2 or 3, or of a bare name.</summary>
    public static (string ClassName, ConfigReader Config) Unwrap(JsonNode? node, string place)
    {
        if (node is JsonValue value && value.TryGetValue(out string? name)) return (name, new ConfigReader([], place));
        ConfigReader envelope = ConfigReader.From(node, place);
        string className = envelope.String("class_name");
        JsonObject config = envelope.Node("config") switch
        {
            JsonObject map => map,

            // The first versions of Keras 2 wrote a Sequential model as the bare list of its layers.
            JsonArray layers => new JsonObject { ["layers"] = layers.DeepClone() },
            _ => [],
        };
        return (className, new ConfigReader(config, $"{place}/{className}"));
    }
}
