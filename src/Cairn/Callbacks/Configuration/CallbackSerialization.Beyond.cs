using System.Globalization;
using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <content>The callbacks that Keras does not have.</content>
public static partial class CallbackSerialization
{
    private static TrainingTimer ReadTimer(CallbackConfig config) => new(
        config.Seconds("max_time", config.Number("max_time")),
        config.TextOrNone("filepath"),
        config.Flag("save_weights_only"),
        config.Whole("verbose", 0));

    private static LearningRateFinder ReadFinder(CallbackConfig config) => new(
        config.Number("min_lr", 1e-7),
        config.Number("max_lr", 10),
        config.Whole("steps", 100),
        config.Number("smoothing", 0.9),
        config.Number("divergence", 4),
        config.Flag("set_learning_rate"),
        config.Whole("verbose", 0));

    private static GradientAccumulation ReadAccumulation(CallbackConfig config) => new(config.WholeByWhole("schedule"), config.Whole("verbose", 0));

    private static WeightAveraging ReadAveraging(CallbackConfig config) => new(
        config.Whole("start_epoch", 0), config.NumberOrNone("decay"), config.WholeOrNone("every_batches"), config.Whole("verbose", 0));

    private static UnfreezeLayers ReadUnfreezing(CallbackConfig config) => new(
        config.Whole("epoch"), config.NamesOrNone("layers"), config.NumberOrNone("learning_rate"), config.Whole("verbose", 0));

    private static JsonObject Describe(TrainingTimer timer) => new()
    {
        ["max_time"] = timer.MaxTime.TotalSeconds,
        ["filepath"] = timer.FilePath,
        ["save_weights_only"] = timer.SaveWeightsOnly,
        ["verbose"] = timer.Verbose,
    };

    private static JsonObject Describe(LearningRateFinder finder) => new()
    {
        ["min_lr"] = finder.MinLr,
        ["max_lr"] = finder.MaxLr,
        ["steps"] = finder.Steps,
        ["smoothing"] = finder.Smoothing,
        ["divergence"] = Number(finder.Divergence),
        ["set_learning_rate"] = finder.SetLearningRate,
        ["verbose"] = finder.Verbose,
    };

    private static JsonObject Describe(GradientAccumulation accumulation) => new()
    {
        ["schedule"] = new JsonObject(
            accumulation.Schedule.Select(entry => KeyValuePair.Create(entry.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)entry.Value))),
        ["verbose"] = accumulation.Verbose,
    };

    private static JsonObject Describe(WeightAveraging averaging) => new()
    {
        ["start_epoch"] = averaging.StartEpoch,
        ["decay"] = Number(averaging.Decay),
        ["every_batches"] = averaging.EveryBatches,
        ["verbose"] = averaging.Verbose,
    };

    private static JsonObject Describe(UnfreezeLayers unfreezing) => new()
    {
        ["epoch"] = unfreezing.Epoch,
        ["layers"] = unfreezing.Layers is null ? null : new JsonArray([.. unfreezing.Layers.Select(name => (JsonNode)name)]),
        ["learning_rate"] = Number(unfreezing.LearningRate),
        ["verbose"] = unfreezing.Verbose,
    };
}
