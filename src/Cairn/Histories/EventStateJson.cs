using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cairn.Callbacks;

/// <summary>JSON of events in the backup of a run; the serializer is source-generated, so that applications can be trimmed.</summary>
[JsonSerializable(typeof(List<TrainingEvent>))]
internal sealed partial class EventStateJson : JsonSerializerContext
{
    public static JsonNode? Write(List<TrainingEvent> events) => JsonSerializer.SerializeToNode(events, Default.ListTrainingEvent);

    public static List<TrainingEvent> Read(ref Utf8JsonReader reader) =>
        JsonSerializer.Deserialize(ref reader, Default.ListTrainingEvent) ?? [];

    /// <exception cref="InvalidOperationException">The node has no events.</exception>
    public static List<TrainingEvent> Read(JsonNode? node)
    {
        try
        {
            return node.Deserialize(Default.ListTrainingEvent) ?? [];
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"The saved events can't be read: {exception.Message}", exception);
        }
    }
}
