using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>Configurations of Keras and of Cairn in a form that can be compared.</summary>
internal static class KerasJson
{
    // Keys of newer versions that are omitted at their default, because older versions reject unknown keys. Keras identifies shared objects
    // by their addresses.
    private static readonly string[] LeftOut =
        ["shared_object_id", "optional", "renorm", "renorm_momentum", "renorm_clipping", "quantization_config", "input_axes",
        "output_axes"];

    // Layers that Keras builds immediately omit their build shape; Cairn always writes it.
    private static readonly string[] BuiltAtOnce =
    [
        "ReLU", "LeakyReLU", "Activation", "Dropout", "Flatten", "MaxPooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
    ];

    /// <summary>The same with sorted keys, without the omitted keys, and with losses and metrics as objects instead of names.</summary>
    public static JsonNode? Comparable(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(Comparable)]);
            case JsonObject map:
                bool training = map.ContainsKey("loss_weights");
                bool builtAtOnce = BuiltAtOnce.Contains(map["class_name"]?.ToString());
                return new JsonObject(map
                    .Where(pair => !LeftOut.Contains(pair.Key) && !(builtAtOnce && pair.Key == "build_config"))
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => KeyValuePair.Create(pair.Key, Comparable(pair.Key switch
                    {
                        "inner_optimizer" => WithoutModule(Comparable(pair.Value)!),
                        "optimizer" when training => WithoutModule(pair.Value!),
                        "loss" when training => Named(pair.Value, name => LossRegistry.Get(name).Serialize()),
                        "metrics" or "weighted_metrics" when training => Named(pair.Value, name => MetricRegistry.Get(name).Serialize()),
                        _ => pair.Value,
                    }))));
            default:
                return node?.DeepClone();
        }
    }

    // Keras' value depends on its backend.
    private static JsonObject WithoutModule(JsonNode optimizer) =>
        new(optimizer.AsObject().Where(pair => pair.Key is not ("module" or "registered_name"))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static JsonNode? Named(JsonNode? node, Func<string, JsonNode?> serialize) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(item => Named(item, serialize))]),
        JsonValue name when serialize(name.GetValue<string>()) is JsonObject written => JsonNode.Parse(PythonJson.Write(written)),
        _ => node?.DeepClone(),
    };
}
