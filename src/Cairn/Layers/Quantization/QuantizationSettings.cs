using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>How the weight of a quantized layer is stored, and whether its inputs are quantized too.</summary>
internal sealed class QuantizationSettings
{
    // Keras' default is 1,024; a file can request any number.
    private const int MostHistory = 1 << 20;

    private static readonly string[] Modes = ["int8", "int4", "float8", "gptq", "awq", "ternary"];

    private readonly JsonNode policy;
    private readonly JsonNode? configuration;

    private QuantizationSettings(string mode, JsonNode policy, JsonNode? configuration)
    {
        Mode = mode;
        this.policy = policy.DeepClone();
        this.configuration = configuration?.DeepClone();
    }

    /// <summary>Keras' name of the kind: int8, int4, float8, gptq, awq or ternary.</summary>
    public string Mode { get; }

    /// <summary>Whether the layer keeps its kernel and rounds it, its inputs and gradients to 8 bits.</summary>
    public bool IsFloat8 => Mode == "float8";

    /// <summary>Whether the kernel is stored as bytes from which it is computed, and inputs are not quantized.</summary>
    public bool IsPacked => Mode is "gptq" or "awq" or "ternary";

    /// <summary>Whether two values are packed in a byte.</summary>
    public bool IsInt4 => Mode == "int4";

    /// <summary>The policy that the layer had before; null if it is unknown.</summary>
    public string? SourceName { get; private init; }

    /// <summary>With float8, the number of steps whose largest magnitudes are kept.</summary>
    public int HistoryLength { get; private init; }

    /// <summary>With gptq and awq, the number of bits of a value.</summary>
    public int Bits { get; private init; }

    /// <summary>The number of rows with a scale and a zero point of their own; 0 for one scale per output.</summary>
    public int BlockSize { get; private init; }

    /// <summary>The largest quantized input; 0 if inputs are not quantized.</summary>
    public double LargestInput { get; private init; }

    /// <summary>The smallest quantized input.</summary>
    public double SmallestInput { get; private init; }

    /// <summary>Added to the largest magnitude of the inputs.</summary>
    public double Epsilon { get; private init; } = 1e-7;

    /// <summary>Whether files may contain a layer that is quantized in this way.</summary>
    /// <param name="className">Its class.</param>
    /// <param name="mode">The mode of its dtype.</param>
    public static bool CanBe(string className, string mode) => className switch
    {
        "Dense" => true,
        "EinsumDense" => mode != "ternary",
        "Embedding" => mode.Split('/')[0] is "int8" or "int4",
        _ => false,
    };

    /// <summary>The settings of Keras' <c>quantize("float8")</c>.</summary>
    /// <param name="source">The policy of the layer.</param>
    public static QuantizationSettings Float8(DTypePolicy source)
    {
        var policy = new JsonObject
        {
            ["mode"] = "float8",
            ["source_name"] = source.Name,
            ["amax_history_length"] = 1024,
        };
        return new QuantizationSettings(
            "float8", Saved("keras.dtype_policies", "QuantizedFloat8DTypePolicy", policy),
            Saved("keras.quantizers", "Float8QuantizationConfig", []))
        {
            SourceName = source.Name,
            HistoryLength = 1024,
        };

        static JsonObject Saved(string module, string className, JsonObject config) => new()
        {
            ["module"] = module,
            ["class_name"] = className,
            ["config"] = config,
            ["registered_name"] = null,
        };
    }

    /// <summary>Reads the dtype policy and the quantization of a layer; null if it is not quantized.</summary>
    /// <exception cref="ConfigException">The quantization is of a kind that is not supported.</exception>
    public static QuantizationSettings? Read(ConfigReader config)
    {
        if (ModeOf(config) is not { } given)
        {
            return config.Has("quantization_config")
                ? throw config.Error("quantization_config", "the dtype of the layer is not a quantized one")
                : null;
        }

        string[] parts = given.Split('/');
        string mode = parts[0];
        if (!Modes.Contains(mode) || Numbers(parts) is not var (bits, block))
        {
            throw config.Error("dtype", $"quantization '{given}' is not supported; supported are {string.Join(", ", Modes)}");
        }

        JsonNode? saved = config.Node("quantization_config");
        (double least, double most, double epsilon) = mode == "int8" ? (-127, 127, 1e-7) : (0, 0, 1e-7);
        if (saved is not null)
        {
            (string className, ConfigReader inner) = KerasObject.Unwrap(saved, $"{config.Place}/quantization_config");
            if (className != ConfigurationOf(mode))
            {
                throw config.Error("quantization_config", $"'{className}' is not supported with the dtype '{given}'");
            }

            if (mode is "int8" or "int4")
            {
                block = mode == "int4" ? inner.OptionalInt("block_size") ?? 0 : 0;
                (least, most, epsilon) = Inputs(inner);
            }
        }

        (string? source, int history) = Source(config);
        return new QuantizationSettings(mode, config.Node("dtype")!, saved)
        {
            SourceName = source,
            HistoryLength = history,
            Bits = bits,
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

    // The bits and the size of blocks in a mode; null if they are not those of the mode.
    private static (int Bits, int Block)? Numbers(string[] parts)
    {
        var numbers = new List<int>();
        foreach (string part in parts.Skip(1))
        {
            // Earlier versions of Keras wrote None for one scale per output.
            if (part == "None")
            {
                numbers.Add(-1);
            }
            else if (int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            {
                numbers.Add(number);
            }
            else
            {
                return null;
            }
        }

        return (parts[0], numbers.Count) switch
        {
            ("int8" or "int4" or "float8" or "ternary", 0) => (0, 0),
            ("int4", 1) => (4, numbers[0]),
            ("gptq", 2) when numbers[0] is 2 or 3 or 4 or 8 && IsBlock(numbers[1]) => (numbers[0], numbers[1]),
            ("awq", 2) when numbers[0] == 4 && IsBlock(numbers[1]) => (4, numbers[1]),
            _ => null,
        };

        static bool IsBlock(int size) => size is -1 or > 0;
    }

    private static string ConfigurationOf(string mode) => mode switch
    {
        "int8" => "Int8QuantizationConfig",
        "int4" => "Int4QuantizationConfig",
        "float8" => "Float8QuantizationConfig",
        "gptq" => "GPTQConfig",
        "awq" => "AWQConfig",
        _ => "TernaryQuantizationConfig",
    };

    private static (string? Name, int History) Source(ConfigReader config)
    {
        if (config.Node("dtype") is JsonValue value)
        {
            string name = value.GetValue<string>();
            return (name[(name.IndexOf("_from_", StringComparison.Ordinal) + "_from_".Length)..], 1024);
        }

        ConfigReader policy = KerasObject.Unwrap(config.Node("dtype"), $"{config.Place}/dtype").Config;
        return (policy.OptionalString("source_name"), (int)policy.Long("amax_history_length", 1024, 1, MostHistory));
    }

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
