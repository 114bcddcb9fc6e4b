using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Maps the class names of callbacks to functions that read their configurations.</summary>
internal static class CallbackRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Callback>> Factories = new(StringComparer.Ordinal)
    {
        ["ReduceLROnPlateau"] = ReduceLROnPlateau.FromConfig,
        ["ModelCheckpoint"] = ModelCheckpoint.FromConfig,
        ["BackupAndRestore"] = BackupAndRestore.FromConfig,
        ["EarlyStopping"] = EarlyStopping.FromConfig,
        ["TerminateOnNaN"] = TerminateOnNaN.FromConfig,
        ["CSVLogger"] = CSVLogger.FromConfig,
        ["RemoteMonitor"] = RemoteMonitor.FromConfig,
        ["TensorBoard"] = TensorBoard.FromConfig,
        ["GradientMonitor"] = GradientMonitor.FromConfig,
        ["DeviceStats"] = DeviceStats.FromConfig,
        ["SwapEMAWeights"] = SwapEMAWeights.FromConfig,
        ["TrainingTimer"] = TrainingTimer.FromConfig,
        ["LearningRateFinder"] = LearningRateFinder.FromConfig,
        ["GradientAccumulation"] = GradientAccumulation.FromConfig,
        ["WeightAveraging"] = WeightAveraging.FromConfig,
        ["UnfreezeLayers"] = UnfreezeLayers.FromConfig,
        ["History"] = History.FromConfig,
        ["ProgbarLogger"] = ProgbarLogger.FromConfig,
        [nameof(LambdaCallback)] = _ => throw CallbackSerialization.MadeOfFunctions(nameof(LambdaCallback)),
        [nameof(LearningRateScheduler)] = _ => throw CallbackSerialization.MadeOfFunctions(nameof(LearningRateScheduler)),
    };

    /// <summary>The class names that are allowed in JSON.</summary>
    public static IEnumerable<string> ClassNames => Factories.Keys.Concat(CustomObjects.NamesOf<Callback>());

    /// <summary>Creates a registered custom callback, or one of Cairn's.</summary>
    /// <exception cref="ConfigException">A value has the wrong type or is out of range.</exception>
    /// <exception cref="ArgumentException">The class is unknown, or its constructor rejects a value.</exception>
    public static Callback Create(JsonObject node, string className, JsonObject config)
    {
        Func<ConfigReader, Callback>? factory = KerasObject.IsOfKeras(node) ? Factories.GetValueOrDefault(className) : null;
        if (CustomObjects.TryMake<Callback>(node, className, new ConfigReader(config, className), isKeras: factory is not null)
            is { } custom)
        {
            return custom;
        }

        if (factory is null)
        {
            throw new ArgumentException(
                $"Unknown callback '{className}'. {NearestName.Hint(className, ClassNames)} Register a class of your own with "
                + $"CustomObjects.Register(\"{className}\", …).");
        }

        var reader = ConfigReader.Strict(config, className);
        Callback callback = factory(reader);
        reader.RefuseOthers();
        return callback;
    }
}
