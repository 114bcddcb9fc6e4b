using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>How the weight of a quantized layer is stored, and whether its inputs are quantized too.</summary>
internal sealed class QuantizationSettings
{
    private readonly JsonNode policy;
    private readonly JsonNode? configuration;

    private QuantizationSettings(JsonNode policy, JsonNode? configuration)
    {
        this.policy = policy.DeepClone();
        this.configuration = configuration?.DeepClone();
    }

    /// <summary>Whether two values are packed in a byte.</summary>
    public bool IsInt4 { get; private init; }

    /// <summary>The number of rows with a scale and a zero point of their own; 0 for one scale per output.</summary>
    public int BlockSize { get; private init; }

    /// <summary>The largest quantized input; 0 if inputs are not quantized.</summary>
    public double LargestInput { get; private init; }

    /// <summary>The smallest quantized input.</summary>
    public double SmallestInput { get; private init; }

    /// <summary>Added to the largest magnitude of the inputs.</summary>
    public double Epsilon { get; private init; } = 1e-7;

    /// <summary>The classes that can be quantized to int8 and int4.</summary>
    public static bool CanBe(string className) => className is "Dense" or "EinsumDense" or "Embedding";

    /// <summary>Reads the dtype policy and the quantization of a layer; null if it is not quantized.</summary>
    /// <exception cref="ConfigException">The quantization is of a kind that is not supported.</exception>
    public static QuantizationSettings? Read(ConfigReader config)
    {
        if (ModeOf(config) is not { } mode)
        {
            return config.Has("quantization_config")
                ? throw config.Error("quantization_config", "the dtype of the layer is not a quantized one")
                : null;
        }

        string[] parts = mode.Split('/');
        int block = 0;
        if (parts[0] is not ("int8" or "int4") || parts.Length > 2 || (parts.Length == 2
            && (parts[0] == "int8" || !int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out block))))
        {
            throw config.Error("dtype", $"quantization '{mode}' is not supported; supported are int8 and int4{ReasonAgainst(parts[0])}");
        }

        bool isInt4 = parts[0] == "int4";
        JsonNode? saved = config.Node("quantization_config");
        (double least, double most, double epsilon) = isInt4 ? (0, 0, 1e-7) : (-127, 127, 1e-7);
        if (saved is not null)
        {
            (string className, ConfigReader inner) = KerasObject.Unwrap(saved, $"{config.Place}/quantization_config");
            if (className is not ("Int8QuantizationConfig" or "Int4QuantizationConfig"))
            {
                throw config.Error("quantization_config", $"'{className}' is not supported");
            }

            block = isInt4 ? inner.OptionalInt("block_size") ?? 0 : 0;
            (least, most, epsilon) = Inputs(inner);
        }

        return new QuantizationSettings(config.Node("dtype")!, saved)
        {
            IsInt4 = isInt4,
            BlockSize = Math.Max(0, block),
            SmallestInput = least,
            LargestInput = most,
            Epsilon = epsilon,
        };
    }

    /// <summary>The mode of a quantized dtype, such as <c>int8</c> or <c>int4/128</c>; null for another dtype.</summary>
    public static string? ModeOf(ConfigReader config)
    {
        switch (config.Node("dtype"))
        {
            case JsonValue value when value.TryGetValue(out string? name):
                int from = name.IndexOf("_from_", StringComparison.Ordinal);
                return from < 0 ? null : name[..from];
            case JsonObject node:
                (string className, ConfigReader inner) = KerasObject.Unwrap(node, $"{config.Place}/dtype");
                return className is "DTypePolicy" or "FloatDTypePolicy" or "Policy" ? null : inner.OptionalString("mode") ?? className;
            default:
                return null;
        }
    }

    /// <summary>Writes the dtype and the quantization as they were read.</summary>
    public void Write(JsonObject config)
    {
        config["dtype"] = policy.DeepClone();
        config["quantization_config"] = configuration?.DeepClone();
    }

    private static string ReasonAgainst(string kind) => kind switch
    {
        "float8" => ". A float8 layer keeps a 32-bit kernel and rounds kernel, inputs and gradients with scales that Keras' optimizers "
            + "overwrite in each step with the largest values seen; optimizers here have no such variables",
        "gptq" or "awq" => ". Its integers are computed from calibration data in layouts of their own",
        _ => "",
    };

    private static (double Least, double Most, double Epsilon) Inputs(ConfigReader config)
    {
        if (config.Node("activation_quantizer") is not { } node)
        {
            return (0, 0, 1e-7);
        }

        (string className, ConfigReader inner) = KerasObject.Unwrap(node, $"{config.Place}/activation_quantizer");
        double[] range = inner.Has("value_range") ? inner.Doubles("value_range") : [-127, 127];
        double epsilon = inner.Double("epsilon", 1e-7);
        return className == "AbsMaxQuantizer" && range is [< 0 and >= -128, > 0 and <= 127] && epsilon >= 0
            ? (range[0], range[1], epsilon)
            : throw config.Error("activation_quantizer", $"'{className}' with these values is not supported");
    }
}
