using System.Text.Json.Nodes;

namespace Cairn;

/// <summary>Slices in Keras 3 format.</summary>
internal static class KerasSlice
{
    /// <summary>A slice <c>start:stop:step</c>.</summary>
    public static JsonObject ToJson(long? start, long? stop, long? step) => new()
    {
        ["class_name"] = "__slice__",
        ["config"] = new JsonObject { ["start"] = start, ["stop"] = stop, ["step"] = step },
    };
}
