using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Converts the training configuration of a Keras 2 model to Keras 3's form.</summary>
/// <remarks>
/// Keras 2 named the learning rate <c>lr</c> until 2.2, wrapped metric functions in <c>MeanMetricWrapper</c> and loss functions in
/// <c>LossFunctionWrapper</c>, and TensorFlow 2.11 and later put <c>Custom&gt;</c> before the class names of optimizers. Whatever needs no
/// change (metrics in nested lists, the reduction <c>auto</c>) is read as is.
/// </remarks>
internal static class Keras2Training
{
    private static readonly string[] Wrappers = ["MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper"];

    /// <summary>Rewrites the <c>training_config</c> in place.</summary>
    /// <param name="training">The configuration.</param>
    /// <param name="warnings">Receives a sentence for each setting that can't be kept.</param>
    public static void Upgrade(JsonObject training, List<string> warnings)
    {
        if ((training["optimizer_config"] ?? training["optimizer"]) is JsonObject optimizer)
        {
            UpgradeOptimizer(optimizer, warnings);
        }

        foreach (string key in (ReadOnlySpan<string>)["loss", "metrics", "weighted_metrics"])
        {
            if (training[key] is { } node)
            {
                training[key] = Unwrapped(node.DeepClone());
            }
        }

        // Weights that are all one, or an empty list, have no effect.
        if (training["loss_weights"] is JsonArray weights
            && weights.All(w => w is JsonValue v && v.TryGetValue(out double one) && one == 1))
        {
            training["loss_weights"] = null;
        }
    }

    private static void UpgradeOptimizer(JsonObject optimizer, List<string> warnings)
    {
        if (optimizer["class_name"] is JsonValue name && name.TryGetValue(out string? className))
        {
            optimizer["class_name"] = className[(className.LastIndexOf('>') + 1)..];
        }

        if (optimizer["config"] is not JsonObject config)
        {
            return;
        }

        if (config["lr"] is { } rate)
        {
            config.Remove("lr");
            config["learning_rate"] ??= rate.DeepClone();
        }

        if (config["decay"] is JsonValue decay && decay.TryGetValue(out double share) && share != 0)
        {
            warnings.Add(
                $"The optimizer's decay of {share:R} is ignored, as in Keras 3: the learning rate stays constant. To decay it, "
                + "compile with a learning-rate schedule.");
        }

        config.Remove("decay");
    }

    private static JsonNode? Unwrapped(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Unwrapped(item?.DeepClone()))]);
            case JsonObject map when Text(map["class_name"]) is { } className:
                if (className == "function" && Text(map["config"]) is { } function)
                {
                    return JsonValue.Create(function);
                }

                if (Wrappers.Contains(className) && map["config"] is JsonObject config && FunctionName(config["fn"]) is { } wrapped)
                {
                    map["class_name"] = wrapped;
                }

                return map;
            case JsonObject map:
                return new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Unwrapped(pair.Value?.DeepClone()))));
            default:
                return node;
        }
    }

    private static string? FunctionName(JsonNode? node) => Text(node) ?? (node is JsonObject map ? Text(map["config"]) : null);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
