using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>A word or a number of batches in a configuration, which several arguments of callbacks are.</summary>
internal sealed record BatchFrequency(string? Word, int Batches)
{
    /// <summary>What stands there; null where nothing does.</summary>
    /// <exception cref="ConfigException">It is neither.</exception>
    public static BatchFrequency? FromConfig(
        ConfigReader config, string key, string expected = "\"epoch\", \"batch\" or a whole number of batches, 1 or more") =>
        config.Node(key) switch
        {
            null when !config.HasKey(key) => null,
            JsonValue value when value.TryGetValue(out string? word) => new(word, 0),
            JsonValue value when value.TryGetValue(out int batches) => new(null, batches),
            _ => throw config.Wrong(key, expected),
        };

    public static JsonNode ToJson(int? batches) => batches is { } number ? number : "epoch";
}
