using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>A tensor of a graph, as identified in files.</summary>
/// <param name="Layer">The layer that produces it.</param>
/// <param name="Call">The index of the layer's call.</param>
/// <param name="Index">Its index among the call's outputs.</param>
internal sealed record KerasTensorNode(string Layer, int Call, int Index)
{
    public const string ClassName = "__keras_tensor__";

    /// <summary>Reads Keras 3's tensor object; null if the node is something else.</summary>
    /// <exception cref="ConfigException">It is a malformed tensor object.</exception>
    public static KerasTensorNode? TryReadObject(JsonNode? node, string place)
    {
        if (node is not JsonObject envelope || envelope["class_name"] is not JsonValue name || !name.TryGetValue(out string? text)
            || text != ClassName)
        {
            return null;
        }

        JsonNode? history = (envelope["config"] as JsonObject)?["keras_history"];
        return TryReadTriple(history) ?? throw new ConfigException(place, "expected a tensor's keras_history [layer, call, output]");
    }

    /// <summary>Reads <c>[layer, call, output]</c>, ignoring further items; null if the node is something else.</summary>
    public static KerasTensorNode? TryReadTriple(JsonNode? node) =>
        node is JsonArray { Count: >= 3 } list && list[0] is JsonValue name && name.TryGetValue(out string? layer)
        && TryReadIndex(list[1]) is { } call && TryReadIndex(list[2]) is { } index
            ? new KerasTensorNode(layer, call, index)
            : null;

    private static int? TryReadIndex(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number && value.TryGetValue(out int index)
        && index >= 0 ? index : null;
}
