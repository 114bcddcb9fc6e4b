using System.Text.Json.Nodes;

namespace Cairn.Tests.Saving;

/// <summary>Configurations of Keras and of ours in a form that can be held against each other.</summary>
internal static class KerasJson
{
    /// <summary>The same, its keys sorted, without keys of newer versions whose absence means their default, and without the shapes of layers
    /// that Keras builds at once, which it leaves out.</summary>
    public static JsonNode? Comparable(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(p => p.Key is not ("quantization_config" or "optional" or "input_axes" or "output_axes")
            && !(p.Key == "build_config" && map["class_name"]?.GetValue<string>() is "Activation" or "GlobalAveragePooling1D"))
            .OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Comparable(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Comparable)]),
        _ => node?.DeepClone(),
    };
}
