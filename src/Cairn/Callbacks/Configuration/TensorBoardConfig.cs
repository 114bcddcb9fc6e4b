using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>The arguments of <see cref="TensorBoard"/> from and to JSON.</summary>
internal static class TensorBoardConfig
{
    public static readonly string[] Arguments =
    [
        "log_dir", "histogram_freq", "write_graph", "write_images", "write_steps_per_second", "update_freq", "profile_batch",
        "embeddings_freq", "embeddings_metadata", "hyper_parameters",
    ];

    public static TensorBoard Read(CallbackConfig config) => new(
        config.Text("log_dir", "logs"),
        config.Whole("histogram_freq", 0),
        config.Flag("write_graph", otherwise: true),
        config.Flag("write_images"),
        config.Flag("write_steps_per_second"),
        config.Update("update_freq"),
        config.Whole("profile_batch", 0),
        config.Whole("embeddings_freq", 0),
        Metadata(config),
        HyperParameters(config));

    public static JsonObject Write(TensorBoard board) => new()
    {
        ["log_dir"] = board.LogDir,
        ["histogram_freq"] = board.HistogramFreq,
        ["write_graph"] = board.WriteGraph,
        ["write_images"] = board.WriteImages,
        ["write_steps_per_second"] = board.WriteStepsPerSecond,
        ["update_freq"] = board.UpdateFreq.Batches is { } batches ? batches : "epoch",
        ["profile_batch"] = 0,
        ["embeddings_freq"] = board.EmbeddingsFreq,
        ["embeddings_metadata"] = board.EmbeddingsMetadata switch
        {
            null => null,
            { ForAll: { } file } => file,
            { ByLayer: var files } => new JsonObject(files.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        },
        ["hyper_parameters"] = new JsonObject(board.HyperParameters.Select(pair => KeyValuePair.Create(pair.Key, JsonSerializer.SerializeToNode(pair.Value)))),
    };

    private static EmbeddingsMetadata? Metadata(CallbackConfig config) => config.Element("embeddings_metadata") is { ValueKind: JsonValueKind.String } file
        ? file.GetString()
        : config.TextsOrNone("embeddings_metadata")?.ToDictionary();

    private static Dictionary<string, object>? HyperParameters(CallbackConfig config) => config.Element("hyper_parameters") switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().ToDictionary(pair => pair.Name, pair => Scalar(config, pair.Value)),
        { } other => throw config.Wrong("hyper_parameters", other, "an object"),
    };

    private static object Scalar(CallbackConfig config, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble(),
        _ => throw config.Wrong("hyper_parameters", value, "an object of texts, truth values and numbers"),
    };
}
