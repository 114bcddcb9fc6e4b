using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Activations;

namespace Cairn.Saving;

/// <summary>Converts the architecture of a Keras 1 or 2 file to Keras 3's form, where only names and notation differ.</summary>
/// <remarks>Whatever needs no change (Keras 2's nodes, its type names) is read as is.</remarks>
internal static class LegacyArchitecture
{
    private const int MostDepth = 200;

    /// <summary>Rewrites in place.</summary>
    /// <param name="architecture">The model's class name and configuration.</param>
    /// <param name="version">The version of Keras that wrote it; null if the file does not record it.</param>
    public static void Upgrade(JsonObject architecture, string? version)
    {
        Values(architecture, 0);
        bool ofKeras1 = version is ['1' or '0', '.', ..] || (version is null && IsOfKeras1(architecture, 0));
        Layers(architecture, ofKeras1, 0);
    }

    // NumPy numbers and arrays as written by Keras 2.0: {"type": "ndarray", "value": [1, 2]}.
    private static void Values(JsonNode? node, int depth)
    {
        if (depth > MostDepth)
        {
            return;
        }

        switch (node)
        {
            case JsonObject map:
                foreach ((string key, JsonNode? value) in map.ToArray())
                {
                    if (Plain(value) is { } plain)
                    {
                        map[key] = plain;
                    }
                    else
                    {
                        Values(value, depth + 1);
                    }
                }

                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    if (Plain(list[i]) is { } plain)
                    {
                        list[i] = plain;
                    }
                    else
                    {
                        Values(list[i], depth + 1);
                    }
                }

                break;
        }
    }

    private static JsonNode? Plain(JsonNode? node) =>
        node is JsonObject { Count: 2 } map && map["type"] is JsonValue type && type.TryGetValue(out string? name)
        && (name == "ndarray" || name.StartsWith("<class 'numpy.", StringComparison.Ordinal)
        || name.StartsWith("<type 'numpy.", StringComparison.Ordinal)
            || name is "float32" or "float64" or "int32" or "int64")
            ? map["value"]?.DeepClone()
            : null;

    private static bool IsOfKeras1(JsonNode? node, int depth) => depth <= MostDepth && node switch
    {
        JsonObject map => (map["class_name"] is JsonValue name && name.TryGetValue(out string? text)
                && (text is "Merge" or "Convolution1D" or "Convolution2D" or "Convolution3D" or "Deconvolution2D"
                || (text == "Dense" && map["config"] is JsonObject config && config.ContainsKey("output_dim"))))
            || map.Any(pair => IsOfKeras1(pair.Value, depth + 1)),
        JsonArray list => list.Any(item => IsOfKeras1(item, depth + 1)),
        _ => false,
    };

    private static void Layers(JsonNode? node, bool ofKeras1, int depth)
    {
        if (depth > MostDepth)
        {
            return;
        }

        switch (node)
        {
            case JsonObject map:
                foreach ((_, JsonNode? value) in map.ToArray())
                {
                    Layers(value, ofKeras1, depth + 1);
                }

                if (map["class_name"] is JsonValue name && name.TryGetValue(out string? className) && map["config"] is JsonObject config)
                {
                    if (ofKeras1)
                    {
                        Keras1Layer.Upgrade(map, className, config);
                        className = map["class_name"]!.GetValue<string>();
                    }

                    Layer(map, className, (JsonObject)map["config"]!);
                }

                break;
            case JsonArray list:
                foreach (JsonNode? item in list.ToArray())
                {
                    Layers(item, ofKeras1, depth + 1);
                }

                break;
        }
    }

    private static void Layer(JsonObject layer, string className, JsonObject config)
    {
        // The formula of this one function changed with Keras 3.
        foreach (string key in (string[])["activation", "recurrent_activation"])
        {
            JsonNode? function = config[key] is JsonObject envelope && envelope["class_name"]?.GetValueKind() == JsonValueKind.String
                ? envelope["config"] : config[key];
            if (function is JsonValue value && value.TryGetValue(out string? activation) && activation == "hard_sigmoid")
            {
                config[key] = ActivationFunction.OldHardSigmoid;
            }
        }

        switch (className)
        {
            // The cuDNN-only layers; their weights are converted when they are read.
            case "CuDNNLSTM" or "CuDNNGRU":
                layer["class_name"] = className[5..];
                config["activation"] = "tanh";
                config["recurrent_activation"] = "sigmoid";
                config["use_bias"] = true;
                if (className == "CuDNNGRU")
                {
                    config["reset_after"] = true;
                }

                break;

            // Before reset_after was introduced, GRUs behaved as with reset_after=False.
            case "GRU" or "GRUCell" when !config.ContainsKey("reset_after"):
                config["reset_after"] = false;
                break;
        }
    }
}
