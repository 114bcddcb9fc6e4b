using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cairn.Callbacks;

/// <summary>JSON of events in history files, with names such as <c>old_value</c>; the serializer is source-generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<TrainingEvent>))]
[JsonSerializable(typeof(TrainingEvent[]))]
internal sealed partial class EventFileJson : JsonSerializerContext
{
    public static JsonNode Write(IReadOnlyList<TrainingEvent> events) =>
        JsonSerializer.SerializeToNode(events, Default.IReadOnlyListTrainingEvent)!;

    /// <exception cref="JsonException">The JSON is not a list of events.</exception>
    public static TrainingEvent?[] Read(ReadOnlySpan<byte> list) => JsonSerializer.Deserialize(list, Default.TrainingEventArray)!;
}
