using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cairn.Callbacks;

/// <summary>Events as the files of a history hold them, with names such as <c>old_value</c>; the code for it is made in the build.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<TrainingEvent>))]
[JsonSerializable(typeof(TrainingEvent[]))]
internal sealed partial class EventFileJson : JsonSerializerContext
{
    public static JsonNode Write(IReadOnlyList<TrainingEvent> events) =>
        JsonSerializer.SerializeToNode(events, Default.IReadOnlyListTrainingEvent)!;

    /// <exception cref="JsonException">It is no list of events.</exception>
    public static TrainingEvent?[] Read(JsonArray list) => list.Deserialize(Default.TrainingEventArray)!;
}
