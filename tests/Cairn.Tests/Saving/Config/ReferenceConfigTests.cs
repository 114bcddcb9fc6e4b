using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>
/// What Keras writes about its losses, metrics, optimizers, schedules and initializers, with defaults and with every setting changed, comes
/// back the same from a round through our objects; see Reference/layers.
/// </summary>
public sealed class ReferenceConfigTests
{
    private static readonly Dictionary<string, JsonElement> Cases = ReferenceFile.Read("layers/configs.json").EnumerateObject()
        .ToDictionary(c => c.Name, c => c.Value);

    // What newer versions of Keras add is not written where it says nothing, so that older ones can read our files; and Keras' metric of cosine
    // similarity forgets to write its axis.
    private static readonly string[] Silent = ["/config/input_axes", "/config/output_axes", "/config/axis: null, here -1"];

    public static TheoryData<string> All => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void A_configuration_of_Keras_comes_back(string name)
    {
        JsonNode saved = JsonNode.Parse(Cases[name].GetRawText())!;
        JsonObject? again;
        try
        {
            again = Again(saved);
        }
        catch (ConfigException exception) when (Unknown.Contains(saved["class_name"]!.GetValue<string>()))
        {
            Assert.Contains("not known", exception.Message);
            return;
        }

        IEnumerable<string> different = JsonDifferences.Between(saved, JsonNode.Parse(PythonJson.Write(again)));
        Assert.Equal([], different.Where(d => !Silent.Any(place => d.StartsWith(place, StringComparison.Ordinal))));
    }

    // Mean and Sum take numbers, not targets and predictions, so that no compiled model holds them.
    private static readonly string[] Unknown = ["Orthogonal", "ScheduleFreeAdamW", "Mean", "Sum"];

    private static JsonObject? Again(JsonNode saved) => saved["module"]!.GetValue<string>() switch
    {
        "keras.losses" => LossRegistry.Deserialize(saved, "loss").Serialize(),
        "keras.metrics" => MetricRegistry.Deserialize(saved, "metric").Serialize().AsObject(),
        "keras.optimizers" => OptimizerRegistry.Deserialize(saved, "optimizer").Serialize(),
        "keras.optimizers.schedules" => LearningRateSchedule.Deserialize(saved, "schedule").Serialize(),
        "keras.initializers" => InitializerRegistry.Deserialize(saved, "initializer").Serialize(),
        var other => throw new InvalidOperationException(other),
    };
}
