using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Tests.Layers.Preprocessing;

/// <summary>The cases of augmentation that Keras recorded: a layer by class and configuration, with its outputs.</summary>
internal static class RecordedAugmentation
{
    /// <summary>The number of each case, and its class and configuration for the name of the test.</summary>
    public static TheoryData<int, string> Numbers(JsonElement[] cases)
    {
        var numbers = new TheoryData<int, string>();
        for (int i = 0; i < cases.Length; i++)
        {
            numbers.Add(i, $"{cases[i].GetProperty("class").GetString()} {cases[i].GetProperty("config").GetRawText()}");
        }

        return numbers;
    }

    /// <summary>The layer of a case.</summary>
    public static Layer LayerOf(JsonElement recorded)
    {
        var config = (JsonObject)JsonNode.Parse(recorded.GetProperty("config").GetRawText())!;
        return LayerRegistry.Deserialize(
            new JsonObject { ["class_name"] = recorded.GetProperty("class").GetString(), ["config"] = config }, "test");
    }
}
