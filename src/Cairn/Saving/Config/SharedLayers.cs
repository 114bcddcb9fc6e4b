using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>The layers that occur in several places of an architecture, such as a layer shared by several nested models.</summary>
/// <remarks>
/// Keras writes such a layer completely in each place, with a number, <c>shared_object_id</c>, by which they become one layer again when
/// loaded. Keras 3 does so in <c>.keras</c> archives, Keras 2 also in <c>.h5</c> files, where Keras 3 ignores the number.
/// </remarks>
internal sealed class SharedLayers : IDisposable
{
    private const string Key = "shared_object_id";

    private static readonly AsyncLocal<SharedLayers?> Current = new();

    private readonly SharedLayers? before = Current.Value;
    private readonly Dictionary<Layer, (JsonObject Envelope, int Number)> written = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(long Number, string ClassName), Layer> read = [];
    private readonly Dictionary<(string? Name, string ClassName), (Layer Layer, JsonNode? Config)> unnumbered = [];

    /// <summary>Starts writing or reading an architecture.</summary>
    public SharedLayers() => Current.Value = this;

    /// <summary>Records that a layer was written; from the second time on, all places get its number.</summary>
    public static void Written(Layer layer, JsonObject envelope)
    {
        if (Current.Value is not { } shared)
        {
            return;
        }

        if (!shared.written.TryGetValue(layer, out (JsonObject Envelope, int Number) first))
        {
            shared.written.Add(layer, (envelope, shared.written.Count + 1));
            return;
        }

        first.Envelope[Key] = first.Number;
        envelope[Key] = first.Number;
    }

    /// <summary>The layer that was created in another place of the architecture, or null.</summary>
    public static Layer? Find(JsonNode? node, string className)
    {
        if (Current.Value is not { } shared || NumberOf(node) is not { } number)
        {
            return null;
        }

        if (shared.read.TryGetValue((number, className), out Layer? layer))
        {
            return layer;
        }

        // Keras 3.16 omits the number of the first place if it is in a nested model, and then can't read its own file. The first place has
        // the same name and configuration.
        return shared.unnumbered.TryGetValue((NameOf(node), className), out (Layer Layer, JsonNode? Config) first)
            && AreAlike(first.Config, node!["config"])
            ? shared.read[(number, className)] = first.Layer
            : null;
    }

    /// <summary>Records a layer that was created.</summary>
    public static void Read(Layer layer, JsonNode? node, string className)
    {
        if (Current.Value is not { } shared)
        {
            return;
        }

        if (NumberOf(node) is { } number)
        {
            shared.read[(number, className)] = layer;
        }
        else if (node is JsonObject envelope)
        {
            shared.unnumbered.TryAdd((NameOf(node), className), (layer, envelope["config"]));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Current.Value = before;

    // Nested objects may have their own numbers in one place but not in the other.
    private static bool AreAlike(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (JsonObject a, JsonObject b) =>
            a.Where(p => p.Key != Key).All(p => b.TryGetPropertyValue(p.Key, out JsonNode? value) && AreAlike(p.Value, value))
            && b.All(p => p.Key == Key || a.ContainsKey(p.Key)),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => AreAlike(p.First, p.Second)),
        _ => JsonNode.DeepEquals(one, other),
    };

    private static string? NameOf(JsonNode? node) =>
        node is JsonObject envelope && envelope["config"] is JsonObject config && config["name"] is JsonValue value
        && value.TryGetValue(out string? name) ? name : null;

    private static long? NumberOf(JsonNode? node) =>
        node is JsonObject envelope && envelope[Key] is JsonValue value && value.TryGetValue(out long number) ? number : null;
}
