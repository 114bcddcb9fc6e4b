using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Metrics;

/// <summary>The metrics by Keras name: strings in code, and class names in files.</summary>
internal static class MetricRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Metric>> Factories = new(StringComparer.Ordinal)
    {
        ["MeanSquaredError"] = _ => new MeanSquaredError(),
        ["RootMeanSquaredError"] = _ => new RootMeanSquaredError(),
        ["MeanAbsoluteError"] = _ => new MeanAbsoluteError(),
        ["MeanAbsolutePercentageError"] = _ => new MeanAbsolutePercentageError(),
        ["MeanSquaredLogarithmicError"] = _ => new MeanSquaredLogarithmicError(),
        ["CosineSimilarity"] = c => new CosineSimilarity(axis: c.Int("axis", -1)),
        ["LogCoshError"] = _ => new LogCoshError(),
        ["R2Score"] = c => new R2Score(
            c.HasKey("class_aggregation") ? c.OptionalString("class_aggregation") : "uniform_average", c.Int("num_regressors", 0)),
        ["PearsonCorrelation"] = c => new PearsonCorrelation(axis: c.Int("axis", -1)),
        ["ConcordanceCorrelation"] = c => new ConcordanceCorrelation(axis: c.Int("axis", -1)),
        ["Hinge"] = _ => new Hinge(),
        ["SquaredHinge"] = _ => new SquaredHinge(),
        ["CategoricalHinge"] = _ => new CategoricalHinge(),
        ["KLDivergence"] = _ => new KLDivergence(),
        ["Poisson"] = _ => new Poisson(),
        ["BinaryCrossentropy"] = c =>
            new BinaryCrossentropy(fromLogits: c.Bool("from_logits", false), labelSmoothing: c.Double("label_smoothing", 0)),
        ["CategoricalCrossentropy"] = c => new CategoricalCrossentropy(
            fromLogits: c.Bool("from_logits", false), labelSmoothing: c.Double("label_smoothing", 0), axis: c.Int("axis", -1)),
        ["SparseCategoricalCrossentropy"] = c => new SparseCategoricalCrossentropy(
            fromLogits: c.Bool("from_logits", false), ignoreClass: OptionalInt(c, "ignore_class"), axis: c.Int("axis", -1)),
        ["Accuracy"] = _ => new Accuracy(),
        ["BinaryAccuracy"] = c => new BinaryAccuracy(threshold: c.Double("threshold", 0.5)),
        ["CategoricalAccuracy"] = _ => new CategoricalAccuracy(),
        ["SparseCategoricalAccuracy"] = _ => new SparseCategoricalAccuracy(),
        ["TopKCategoricalAccuracy"] = c => new TopKCategoricalAccuracy(c.Int("k", 5)),
        ["SparseTopKCategoricalAccuracy"] = c =>
            new SparseTopKCategoricalAccuracy(c.Int("k", 5), fromSortedIds: c.Bool("from_sorted_ids", false)),
        ["TruePositives"] = c => new TruePositives(OptionalThresholds(c)),
        ["FalsePositives"] = c => new FalsePositives(OptionalThresholds(c)),
        ["TrueNegatives"] = c => new TrueNegatives(OptionalThresholds(c)),
        ["FalseNegatives"] = c => new FalseNegatives(OptionalThresholds(c)),
        ["Precision"] = c => new Precision(OptionalThresholds(c), OptionalInt(c, "top_k"), OptionalInt(c, "class_id")),
        ["Recall"] = c => new Recall(OptionalThresholds(c), OptionalInt(c, "top_k"), OptionalInt(c, "class_id")),
        ["SensitivityAtSpecificity"] = c =>
            new SensitivityAtSpecificity(c.Double("specificity"), Numbers(c, "num_thresholds", 200), OptionalInt(c, "class_id")),
        ["SpecificityAtSensitivity"] = c =>
            new SpecificityAtSensitivity(c.Double("sensitivity"), Numbers(c, "num_thresholds", 200), OptionalInt(c, "class_id")),
        ["PrecisionAtRecall"] = c =>
            new PrecisionAtRecall(c.Double("recall"), Numbers(c, "num_thresholds", 200), OptionalInt(c, "class_id")),
        ["RecallAtPrecision"] = c =>
            new RecallAtPrecision(c.Double("precision"), Numbers(c, "num_thresholds", 200), OptionalInt(c, "class_id")),
        ["AUC"] = c => new AUC(
            Numbers(c, "num_thresholds", 200),
            c.OptionalString("curve") ?? "ROC",
            c.OptionalString("summation_method") ?? "interpolation",
            thresholds: c.OptionalDoubles("thresholds"),
            multiLabel: c.Bool("multi_label", false),
            numLabels: c.Has("num_labels") ? Labels(c) : null,
            labelWeights: c.OptionalDoubles("label_weights"),
            fromLogits: c.Bool("from_logits", false)),
        ["FBetaScore"] = c => new FBetaScore(c.OptionalString("average"), c.Double("beta", 1), c.OptionalDouble("threshold")),
        ["F1Score"] = c => new F1Score(c.OptionalString("average"), c.OptionalDouble("threshold")),
        ["IoU"] = c => new IoU(
            Classes(c),
            ClassIds(c),
            dtype: CountType(c),
            ignoreClass: OptionalInt(c, "ignore_class"),
            sparseYTrue: c.Bool("sparse_y_true", true),
            sparseYPred: c.Bool("sparse_y_pred", true),
            axis: c.Int("axis", -1)),
        ["BinaryIoU"] = c => new BinaryIoU(c.OptionalInts("target_class_ids"), c.Double("threshold", 0.5), dtype: CountType(c)),
        ["MeanIoU"] = c => new MeanIoU(
            Classes(c),
            dtype: CountType(c),
            ignoreClass: OptionalInt(c, "ignore_class"),
            sparseYTrue: c.Bool("sparse_y_true", true),
            sparseYPred: c.Bool("sparse_y_pred", true),
            axis: c.Int("axis", -1)),
        ["OneHotIoU"] = c => new OneHotIoU(
            Classes(c),
            ClassIds(c),
            dtype: CountType(c),
            ignoreClass: OptionalInt(c, "ignore_class"),
            sparseYPred: c.Bool("sparse_y_pred", false),
            axis: c.Int("axis", -1)),
        ["OneHotMeanIoU"] = c => new OneHotMeanIoU(
            Classes(c),
            dtype: CountType(c),
            ignoreClass: OptionalInt(c, "ignore_class"),
            sparseYPred: c.Bool("sparse_y_pred", false),
            axis: c.Int("axis", -1)),
    };

    private static readonly Dictionary<string, string> Names =
        new(Factories.Keys.Select(name => KeyValuePair.Create(SaveableNames.ToSnakeCase(name), name)), StringComparer.Ordinal)
        {
            ["mse"] = "MeanSquaredError",
            ["MSE"] = "MeanSquaredError",
            ["mae"] = "MeanAbsoluteError",
            ["MAE"] = "MeanAbsoluteError",
            ["mape"] = "MeanAbsolutePercentageError",
            ["MAPE"] = "MeanAbsolutePercentageError",
            ["msle"] = "MeanSquaredLogarithmicError",
            ["MSLE"] = "MeanSquaredLogarithmicError",
            ["bce"] = "BinaryCrossentropy",
            ["BCE"] = "BinaryCrossentropy",
        };

    private static IEnumerable<string> Known => new[] { "acc", "crossentropy", "ce" }.Concat(Names.Keys);

    public static Metric Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (ByShape(name) is { } open)
        {
            return open;
        }

        if (Find(name) is not { } factory)
        {
            throw new ArgumentException($"Unknown metric '{name}'. {NearestName.Hint(name, Known)}", nameof(name));
        }

        try
        {
            return factory(new ConfigReader([], name)).Named(name);
        }
        catch (ConfigException exception)
        {
            throw new ArgumentException($"The metric '{name}' can't be created by name, since it has a required argument "
                + $"({exception.Message}).", nameof(name));
        }
    }

    public static Metric Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        Func<ConfigReader, Metric>? factory = KerasObject.IsOfKeras(node) ? Find(className) : null;
        if (CustomObjects.TryMake<Metric>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            return custom;
        }

        if (node is JsonValue && ByShape(className) is { } open)
        {
            return open;
        }

        if (factory is null)
        {
            throw UnknownObject.Exception("metric", className, node, place,
                Known.Concat(Factories.Keys).Concat(CustomObjects.NamesOf<Metric>()));
        }

        try
        {
            Metric metric = factory(config);
            if (node is JsonValue)
            {
                return metric.Named(className);
            }

            return config.OptionalString("name") is { Length: > 0 } name ? metric.Named(name) : metric;
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    private static Metric? ByShape(string name) => name.ToLowerInvariant() switch
    {
        "accuracy" or "acc" => new AccuracyByShape(name),
        "crossentropy" or "ce" => new CrossentropyByShape(name),
        _ => null,
    };

    private static Func<ConfigReader, Metric>? Find(string name) => Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));

    // A few digits in a file must not be able to allocate all memory, nor many metrics with large sizes.
    private static int Numbers(ConfigReader config, string key, int? fallback)
    {
        int numbers = (int)config.Long(key, fallback, least: int.MinValue, most: Math.Min(int.MaxValue, FileLimits.RoomForMetrics));
        FileLimits.ReserveForMetrics(numbers);
        return numbers;
    }

    private static int Labels(ConfigReader config)
    {
        long thresholds = Math.Max(Numbers(config, "num_thresholds", 200), config.OptionalDoubles("thresholds")?.Length ?? 1);
        int labels = (int)config.Long("num_labels", least: int.MinValue, most: FileLimits.RoomForMetrics / Math.Max(1, thresholds));
        FileLimits.ReserveForMetrics(labels * thresholds);
        return labels;
    }

    private static int Classes(ConfigReader config)
    {
        long classes = config.Long("num_classes", least: int.MinValue, most: (long)Math.Sqrt(Math.Max(0, FileLimits.RoomForMetrics)));
        FileLimits.ReserveForMetrics(classes * classes);
        return (int)classes;
    }

    private static int? OptionalInt(ConfigReader config, string key) => config.Has(key) ? config.Int(key) : null;

    private static int[] ClassIds(ConfigReader config) =>
        config.OptionalInts("target_class_ids") ?? throw config.Error("target_class_ids", "expected a list of classes");

    private static string CountType(ConfigReader config) => config.OptionalString("dtype") ?? "int32";

    private static Thresholds? OptionalThresholds(ConfigReader config) => config.OptionalDoubles("thresholds") switch
    {
        null => null,
        double[] list when config.Node("thresholds") is JsonValue => list[0],
        var list => list,
    };
}
