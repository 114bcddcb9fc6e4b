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
/// Keras' configurations of losses, metrics, optimizers, schedules and initializers, with defaults and with every setting changed, are
/// unchanged after reading and writing them; see Reference/layers.
/// </summary>
public sealed class ReferenceConfigTests
{
    private static readonly Dictionary<string, JsonElement> Cases = ReferenceFile.Read("layers/configs.json").EnumerateObject()
        .ToDictionary(c => c.Name, c => c.Value);

    // Default values of keys from newer Keras versions are not written, so that older versions can read the files. Keras' cosine similarity
    // metric does not write its axis.
    private static readonly string[] Silent = ["/config/input_axes", "/config/output_axes", "/config/axis: null, here -1"];

    public static TheoryData<string> All => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void A_Keras_configuration_survives_a_round_trip(string name)
    {
        JsonNode saved = JsonNode.Parse(Cases[name].GetRawText())!;
        JsonObject? again;
        try
        {
            again = Again(saved);
        }
        catch (ConfigException exception) when (Unknown.Contains(saved["class_name"]!.GetValue<string>()))
        {
            Assert.Contains("is unknown", exception.Message);
            return;
        }

        IEnumerable<string> different = JsonDifferences.Between(saved, JsonNode.Parse(PythonJson.Write(again)));
        Assert.Equal([], different.Where(d => !Silent.Any(place => d.StartsWith(place, StringComparison.Ordinal))));
    }

    // Mean and Sum take values, not targets and predictions, so no compiled model contains them.
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
