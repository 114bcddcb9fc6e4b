using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Files with the names of an embedding's rows for TensorBoard's projector: one for all layers, or one for each by the layer's name. A text
/// or a dictionary becomes it by itself.
/// </summary>
public sealed class EmbeddingsMetadata
{
    private EmbeddingsMetadata(string? forAll, IReadOnlyDictionary<string, string> byLayer) => (ForAll, ByLayer) = (forAll, byLayer);

    /// <summary>The file of all layers; null where each has its own.</summary>
    public string? ForAll { get; }

    /// <summary>The files by the names of the layers; none where one is for all.</summary>
    public IReadOnlyDictionary<string, string> ByLayer { get; }

    /// <summary>One file for all layers, relative to the log folder.</summary>
    [return: NotNullIfNotNull(nameof(file))]
    public static implicit operator EmbeddingsMetadata?(string? file) => file is null ? null : new(file, new Dictionary<string, string>());

    /// <summary>A file for each of the named layers, relative to the log folder.</summary>
    [return: NotNullIfNotNull(nameof(files))]
    public static implicit operator EmbeddingsMetadata?(Dictionary<string, string>? files) =>
        files is null ? null : new(null, new Dictionary<string, string>(files, StringComparer.Ordinal));

    internal static EmbeddingsMetadata? FromConfig(ConfigReader config, string key) =>
        config.Node(key) is JsonValue value && value.TryGetValue(out string? file)
        ? file
        : config.OptionalStringMap(key)?.ToDictionary();

    internal JsonNode ToJson() =>
        ForAll is { } file ? file : new JsonObject(ByLayer.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>The file for a layer, or null.</summary>
    internal string? For(string layer) => ForAll ?? ByLayer.GetValueOrDefault(layer);
}
