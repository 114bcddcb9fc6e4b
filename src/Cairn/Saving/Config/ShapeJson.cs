using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Shapes in configurations.</summary>
internal static class ShapeJson
{
    /// <summary>A shape as a list of sizes, with null for an unknown size.</summary>
    public static JsonArray ToJson(this Shape shape) =>
        new([.. shape.Select(size => size == Shape.None ? null : (JsonNode?)JsonValue.Create(size))]);
}
