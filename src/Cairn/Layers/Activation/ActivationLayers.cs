using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Layers in the place of an activation function, as in <c>Dense(8, activation=LeakyReLU(0.1))</c>, and the one form of a model in that
/// place that Cairn writes.
/// </summary>
internal static class ActivationLayers
{
    private const string Model = "Sequential";

    // Layers without weights that compute the same in training and inference.
    private static readonly string[] Classes = ["Activation", "ELU", "Identity", "LeakyReLU", "ReLU", "Rescaling", "Softmax"];

    /// <summary>The function of such a layer; null for other classes.</summary>
    /// <param name="node">The layer in its envelope.</param>
    /// <param name="className">Its class.</param>
    /// <param name="place">Its place, for messages.</param>
    public static ActivationFunction? TryRead(JsonNode node, string className, string place)
    {
        if (node is not JsonObject envelope)
        {
            return null;
        }

        if (className == Model)
        {
            return IsOldHardSigmoid(envelope) ? (ActivationFunction)ActivationFunction.OldHardSigmoid : null;
        }

        if (!Classes.Contains(className, StringComparer.Ordinal))
        {
            return null;
        }

        Layer layer = LayerRegistry.Deserialize(node, place);
        return ActivationFunction.Of(className, layer.ComputeAlone, layer.Serialize());
    }

    /// <summary>
    /// The <c>hard_sigmoid</c> of Keras before version 3 as Keras 3 can read and compute it: <c>relu(0.2x + 0.5, max_value=1)</c>.
    /// </summary>
    public static JsonObject OldHardSigmoid() => KerasObject.Wrap("keras", Model, new JsonObject
    {
        ["name"] = ActivationFunction.OldHardSigmoid,
        ["layers"] = new JsonArray(
            KerasObject.Wrap("keras.layers", nameof(Rescaling), new JsonObject
            {
                ["name"] = "rescaling",
                ["scale"] = 0.2,
                ["offset"] = 0.5,
            }),
            KerasObject.Wrap("keras.layers", nameof(ReLU), new JsonObject { ["name"] = "re_lu", ["max_value"] = 1.0 })),
    });

    // Keras adds an input layer and defaults when it saves the model again.
    private static bool IsOldHardSigmoid(JsonObject envelope)
    {
        if (envelope["config"]?["name"] is not JsonValue name || !name.TryGetValue(out string? text)
            || text != ActivationFunction.OldHardSigmoid || envelope["config"]!["layers"] is not JsonArray layers)
        {
            return false;
        }

        JsonNode?[] parts = [.. layers.Where(layer => ClassOf(layer) != "InputLayer")];
        return parts.Length == 2 && ClassOf(parts[0]) == nameof(Rescaling) && ClassOf(parts[1]) == nameof(ReLU)
            && Number(parts[0], "scale") == 0.2 && Number(parts[0], "offset") == 0.5 && Number(parts[1], "max_value") == 1
            && (Number(parts[1], "negative_slope") ?? 0) == 0 && (Number(parts[1], "threshold") ?? 0) == 0;
    }

    private static string? ClassOf(JsonNode? layer) =>
        (layer as JsonObject)?["class_name"] is JsonValue value && value.TryGetValue(out string? name) ? name : null;

    private static double? Number(JsonNode? layer, string key) =>
        ((layer as JsonObject)?["config"] as JsonObject)?[key] is JsonValue value && value.TryGetValue(out double number) ? number : null;
}
