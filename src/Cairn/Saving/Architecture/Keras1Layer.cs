using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Converts a layer of a Keras 1 file to the names of Keras 2 and 3.</summary>
internal static class Keras1Layer
{
    private static readonly Dictionary<string, string> ClassNames = new(StringComparer.Ordinal)
    {
        ["Convolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["Convolution3D"] = "Conv3D",
        ["AtrousConvolution1D"] = "Conv1D",
        ["AtrousConvolution2D"] = "Conv2D",
        ["Deconvolution2D"] = "Conv2DTranspose",
        ["SeparableConvolution2D"] = "SeparableConv2D",
        ["TimeDistributedDense"] = "Dense",
    };

    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["output_dim"] = "units",
        ["nb_filter"] = "filters",
        ["init"] = "kernel_initializer",
        ["inner_init"] = "recurrent_initializer",
        ["inner_activation"] = "recurrent_activation",
        ["bias"] = "use_bias",
        ["W_regularizer"] = "kernel_regularizer",
        ["U_regularizer"] = "recurrent_regularizer",
        ["b_regularizer"] = "bias_regularizer",
        ["W_constraint"] = "kernel_constraint",
        ["U_constraint"] = "recurrent_constraint",
        ["b_constraint"] = "bias_constraint",
        ["dropout_W"] = "dropout",
        ["dropout_U"] = "recurrent_dropout",
        ["border_mode"] = "padding",
        ["subsample"] = "strides",
        ["atrous_rate"] = "dilation_rate",
        ["p"] = "rate",
    };

    private static readonly Dictionary<string, string> Initializers = new(StringComparer.Ordinal)
    {
        ["zero"] = "zeros",
        ["one"] = "ones",
        ["normal"] = "random_normal",
        ["uniform"] = "random_uniform",
    };

    /// <summary>Rewrites an entry in place.</summary>
    public static void Upgrade(JsonObject layer, string className, JsonObject config)
    {
        if (className == "Merge")
        {
            UpgradeMerge(layer, config);
            return;
        }

        if (ClassNames.TryGetValue(className, out string? now))
        {
            layer["class_name"] = className = now;
        }

        foreach ((string key, JsonNode? value) in config.ToArray())
        {
            if (Keys.TryGetValue(key, out string? name) && !config.ContainsKey(name)
                && !(className == "Embedding" && key is "output_dim" or "init" or "dropout"))
            {
                config.Remove(key);
                config[name] = value?.DeepClone();
            }
        }

        UpgradeSizes(className, config);
        foreach (string key in (string[])["kernel_initializer", "recurrent_initializer", "embeddings_initializer", "beta_initializer",
            "gamma_initializer"])
        {
            if (config[key] is JsonValue value && value.TryGetValue(out string? text)
                && Initializers.TryGetValue(text, out string? initializer))
            {
                config[key] = initializer;
            }
        }

        foreach (string key in config.Select(pair => pair.Key)
            .Where(key => key.EndsWith("_regularizer", StringComparison.Ordinal)).ToArray())
        {
            config[key] = Regularizer(config[key]);
        }
    }

    private static void UpgradeSizes(string className, JsonObject config)
    {
        switch (className)
        {
            case "Conv2D" or "SeparableConv2D" or "Conv2DTranspose" when config["nb_row"] is { } rows && config["nb_col"] is { } columns:
                config["kernel_size"] = new JsonArray(rows.DeepClone(), columns.DeepClone());
                break;
            case "Conv3D" when config["kernel_dim1"] is { } one && config["kernel_dim2"] is { } two && config["kernel_dim3"] is { } three:
                config["kernel_size"] = new JsonArray(one.DeepClone(), two.DeepClone(), three.DeepClone());
                break;
            case "Conv1D" when config["filter_length"] is { } length:
                config["kernel_size"] = new JsonArray(length.DeepClone());
                config["strides"] ??= config["subsample_length"] is { } step ? new JsonArray(step.DeepClone()) : null;
                break;
            case "MaxPooling1D" or "AveragePooling1D":
                config["pool_size"] ??= config["pool_length"]?.DeepClone();
                config["strides"] ??= config["stride"]?.DeepClone();
                break;
            case "ZeroPadding1D" or "Cropping1D" when config["cropping"] is null && config["padding"] is null:
                break;
            case "Embedding":
                config["embeddings_initializer"] ??= config["init"]?.DeepClone();
                config.Remove("init");
                config.Remove("dropout");
                break;
            case "BatchNormalization":
                config["beta_initializer"] ??= config["beta_init"]?.DeepClone();
                config["gamma_initializer"] ??= config["gamma_init"]?.DeepClone();
                break;
            case "GRU":
                config["reset_after"] = false;
                break;
        }

        if (config["dim_ordering"] is JsonValue order && order.TryGetValue(out string? text))
        {
            config["data_format"] = text == "th" ? "channels_first" : "channels_last";
        }
    }

    // Penalties, in early versions with a class name: {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}.
    private static JsonNode? Regularizer(JsonNode? node)
    {
        if (node is not JsonObject map || map.ContainsKey("class_name"))
        {
            return node?.DeepClone();
        }

        return new JsonObject
        {
            ["class_name"] = "L1L2",
            ["config"] = new JsonObject { ["l1"] = map["l1"]?.DeepClone() ?? 0.0, ["l2"] = map["l2"]?.DeepClone() ?? 0.0 },
        };
    }

    private static void UpgradeMerge(JsonObject layer, JsonObject config)
    {
        string? mode = config["mode"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        var now = new JsonObject { ["name"] = config["name"]?.DeepClone() };
        string? className = mode switch
        {
            "sum" => "Add",
            "mul" => "Multiply",
            "ave" => "Average",
            "max" => "Maximum",
            "concat" => "Concatenate",
            "dot" or "cos" => "Dot",
            _ => null,
        };
        if (className is null)
        {
            // A Python function; the layer stays unknown under its original name.
            return;
        }

        if (className == "Concatenate")
        {
            now["axis"] = config["concat_axis"]?.DeepClone() ?? -1;
        }
        else if (className == "Dot")
        {
            JsonNode? axes = config["dot_axes"]?.DeepClone();
            now["axes"] = axes is JsonArray { Count: 2 } pair && pair[0] is JsonArray { Count: 1 } first
                && pair[1] is JsonArray { Count: 1 } second
                ? new JsonArray(first[0]?.DeepClone(), second[0]?.DeepClone())
                : axes ?? -1;
            now["normalize"] = mode == "cos";
        }

        layer["class_name"] = className;
        layer["config"] = now;
    }
}
