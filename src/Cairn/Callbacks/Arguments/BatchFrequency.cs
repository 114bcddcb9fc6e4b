using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>A frequency in a configuration: a word such as <c>"epoch"</c>, or a number of batches.</summary>
internal sealed record BatchFrequency(string? Word, int Batches)
{
    /// <summary>Reads the value of the key; null if the key is missing.</summary>
    /// <exception cref="ConfigException">The value is neither.</exception>
    public static BatchFrequency? FromConfig(
        ConfigReader config, string key, string expected = "\"epoch\", \"batch\" or a whole number of batches (1 or more)") =>
        config.Node(key) switch
        {
            null when !config.HasKey(key) => null,
            JsonValue value when value.TryGetValue(out string? word) => new(word, 0),
            JsonValue value when value.TryGetValue(out int batches) => new(null, batches),
            _ => throw config.Wrong(key, expected),
        };

    public static JsonNode ToJson(int? batches) => batches is { } number ? number : "epoch";
}
