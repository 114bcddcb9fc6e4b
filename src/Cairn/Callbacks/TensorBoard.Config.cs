using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Serialization of the arguments.</content>
public sealed partial class TensorBoard
{
    internal static TensorBoard FromConfig(ConfigReader config) => new(
        config.OptionalString("log_dir") ?? "logs",
        config.Int("histogram_freq", 0),
        config.Bool("write_graph", true),
        config.Bool("write_images", false),
        config.Bool("write_steps_per_second", false),
        UpdateFrequency.FromConfig(config, "update_freq"),
        config.Int("profile_batch", 0),
        config.Int("embeddings_freq", 0),
        Callbacks.EmbeddingsMetadata.FromConfig(config, "embeddings_metadata"),
        ReadHyperParameters(config),
        config.OptionalString("on_error") ?? "stop");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["log_dir"] = LogDir;
        config["histogram_freq"] = HistogramFreq;
        config["write_graph"] = WriteGraph;
        config["write_images"] = WriteImages;
        config["write_steps_per_second"] = WriteStepsPerSecond;
        config["update_freq"] = UpdateFreq.ToJson();
        config["profile_batch"] = 0;
        config["embeddings_freq"] = EmbeddingsFreq;
        config["embeddings_metadata"] = EmbeddingsMetadata?.ToJson();
        config["on_error"] = OnError.ToString();
        config["hyper_parameters"] = new JsonObject(HyperParameters.Select(pair => KeyValuePair.Create(pair.Key, ToJson(pair.Value))));
    }

    private static Dictionary<string, object>? ReadHyperParameters(ConfigReader config)
    {
        const string Key = "hyper_parameters";
        return config.Node(Key) switch
        {
            null => null,
            JsonObject map => map.ToDictionary(
                pair => pair.Key,
                pair => Scalar(pair.Value) ?? throw config.Wrong(Key, "an object of strings, booleans and numbers", pair.Value)),
            _ => throw config.Wrong(Key, "an object"),
        };
    }

    private static object? Scalar(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetValue<double>(),
        _ => null,
    };

    // The types HyperParameters supports; no reflection, so that it works in trimmed applications.
    private static JsonNode? ToJson(object value) => value switch
    {
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        float single => JsonValue.Create(single),
        double number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        _ => JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
