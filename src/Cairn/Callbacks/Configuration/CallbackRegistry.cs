using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Native;
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

    // Callbacks of Cairn's other packages, which add themselves when their assembly is loaded.
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["LivePage"] = "Cairn.Dashboard",
        ["MLflowLogger"] = "Cairn.Dashboard",
    };

    private static readonly ConcurrentDictionary<string, (Type Type, Func<ConfigReader, Callback> Factory)> OfPackages =
        new(StringComparer.Ordinal);

    /// <summary>The class names that are allowed in JSON.</summary>
    public static IEnumerable<string> ClassNames => Factories.Keys.Concat(Packages.Keys).Concat(CustomObjects.NamesOf<Callback>());

    /// <summary>Adds a callback of another package of Cairn.</summary>
    public static void Add<T>(Func<ConfigReader, T> factory)
        where T : Callback => OfPackages[typeof(T).Name] = (typeof(T), factory);

    /// <summary>Whether a class is a callback of another package of Cairn.</summary>
    public static bool IsOfPackage(Type type) => OfPackages.TryGetValue(type.Name, out (Type Type, Func<ConfigReader, Callback>) own)
        && own.Type == type;

    /// <summary>Creates a registered custom callback, or one of Cairn's.</summary>
    /// <exception cref="ConfigException">A value has the wrong type or is out of range.</exception>
    /// <exception cref="ArgumentException">
    /// The class is unknown or its package is missing, or its constructor rejects a value.
    /// </exception>
    public static Callback Create(JsonObject node, string className, JsonObject config)
    {
        Func<ConfigReader, Callback>? factory = KerasObject.IsOfKeras(node) ? Find(className) : null;
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

    private static Func<ConfigReader, Callback>? Find(string className)
    {
        if (Factories.TryGetValue(className, out Func<ConfigReader, Callback>? factory))
        {
            return factory;
        }

        if (!Packages.TryGetValue(className, out string? package))
        {
            return null;
        }

        if (!OfPackages.ContainsKey(className))
        {
            CairnPackage.Load(package, className);
        }

        return OfPackages[className].Factory;
    }
}
