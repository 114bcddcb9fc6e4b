using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>The class names of the callbacks, and how their configurations are read.</summary>
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

    /// <summary>The class names that may stand in JSON.</summary>
    public static IEnumerable<string> ClassNames => Factories.Keys.Concat(CustomObjects.NamesOf<Callback>());

    /// <summary>Makes a callback of a user's own class, or else of Cairn's.</summary>
    /// <exception cref="ConfigException">A value is not what it must be.</exception>
    /// <exception cref="ArgumentException">The class is unknown, or its constructor refuses a value.</exception>
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
                $"There is no callback '{className}'. {NearestName.Hint(className, ClassNames)} A class of your own is made known with "
                + $"CustomObjects.Register(\"{className}\", …).");
        }

        var reader = ConfigReader.Strict(config, className);
        Callback callback = factory(reader);
        reader.RefuseOthers();
        return callback;
    }
}
