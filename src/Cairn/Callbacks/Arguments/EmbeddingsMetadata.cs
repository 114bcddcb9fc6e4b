using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Metadata files with the labels of an embedding's rows for TensorBoard's projector: one file for all layers, or one file per layer name.
/// Converts implicitly from a string or a dictionary.
/// </summary>
public sealed class EmbeddingsMetadata
{
    private EmbeddingsMetadata(string? forAll, IReadOnlyDictionary<string, string> byLayer) => (ForAll, ByLayer) = (forAll, byLayer);

    /// <summary>The file for all layers; null if files are given per layer.</summary>
    public string? ForAll { get; }

    /// <summary>The files by layer name; empty if one file is used for all layers.</summary>
    public IReadOnlyDictionary<string, string> ByLayer { get; }

    /// <summary>Converts the path of one file for all layers, relative to the log directory.</summary>
    [return: NotNullIfNotNull(nameof(file))]
    public static implicit operator EmbeddingsMetadata?(string? file) => file is null ? null : new(file, new Dictionary<string, string>());

    /// <summary>Converts a dictionary from layer names to files, relative to the log directory.</summary>
    [return: NotNullIfNotNull(nameof(files))]
    public static implicit operator EmbeddingsMetadata?(Dictionary<string, string>? files) =>
        files is null ? null : new(null, new Dictionary<string, string>(files, StringComparer.Ordinal));

    internal static EmbeddingsMetadata? FromConfig(ConfigReader config, string key) =>
        config.Node(key) is JsonValue value && value.TryGetValue(out string? file)
        ? file
        : config.OptionalStringMap(key)?.ToDictionary();

    internal JsonNode ToJson() =>
        ForAll is { } file ? file : new JsonObject(ByLayer.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>The file of a layer, or null.</summary>
    internal string? For(string layer) => ForAll ?? ByLayer.GetValueOrDefault(layer);
}
