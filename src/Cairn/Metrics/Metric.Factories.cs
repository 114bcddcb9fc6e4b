namespace Cairn.Metrics;

// One factory per class: 13 names exist in both Cairn.Losses and Cairn.Metrics, and new Hinge(...) is ambiguous if both are imported.
public abstract partial class Metric
{
    /// <summary><inheritdoc cref="T:Cairn.Metrics.AUC" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Metrics.AUC.#ctor(System.Int32,System.String,System.String,System.String,System.Double[],System.Boolean,System.Nullable{System.Int32},System.Double[],System.Boolean)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Metrics.AUC.#ctor(System.Int32,System.String,System.String,System.String,System.Double[],System.Boolean,System.Nullable{System.Int32},System.Double[],System.Boolean)" path="/exception"/>
    public static AUC AUC(
        int numThresholds = 200,
        string curve = "ROC",
        string summationMethod = "interpolation",
        string name = "auc",
        double[]? thresholds = null,
        bool multiLabel = false,
        int? numLabels = null,
        double[]? labelWeights = null,
        bool fromLogits = false) =>
        new(numThresholds, curve, summationMethod, name, thresholds, multiLabel, numLabels, labelWeights, fromLogits);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Accuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Accuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Accuracy" path="/exception"/>
    public static Accuracy Accuracy(string name = "accuracy") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.BinaryAccuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryAccuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryAccuracy" path="/exception"/>
    public static BinaryAccuracy BinaryAccuracy(string name = "binary_accuracy", double threshold = 0.5) => new(name, threshold);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.BinaryCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryCrossentropy" path="/exception"/>
    public static BinaryCrossentropy BinaryCrossentropy(
        string name = "binary_crossentropy", bool fromLogits = false, double labelSmoothing = 0) =>
        new(name, fromLogits, labelSmoothing);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.BinaryIoU" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryIoU" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.BinaryIoU" path="/exception"/>
    public static BinaryIoU BinaryIoU(
        IReadOnlyList<int>? targetClassIds = null, double threshold = 0.5, string name = "binary_io_u", string dtype = "int32") =>
        new(targetClassIds, threshold, name, dtype);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.CategoricalAccuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalAccuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalAccuracy" path="/exception"/>
    public static CategoricalAccuracy CategoricalAccuracy(string name = "categorical_accuracy") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.CategoricalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalCrossentropy" path="/exception"/>
    public static CategoricalCrossentropy CategoricalCrossentropy(
        string name = "categorical_crossentropy", bool fromLogits = false, double labelSmoothing = 0, int axis = -1) =>
        new(name, fromLogits, labelSmoothing, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.CategoricalHinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalHinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.CategoricalHinge" path="/exception"/>
    public static CategoricalHinge CategoricalHinge(string name = "categorical_hinge") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.ConcordanceCorrelation" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.ConcordanceCorrelation" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.ConcordanceCorrelation" path="/exception"/>
    public static ConcordanceCorrelation ConcordanceCorrelation(string name = "concordance_correlation", int axis = -1) => new(name, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.CosineSimilarity" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.CosineSimilarity" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.CosineSimilarity" path="/exception"/>
    public static CosineSimilarity CosineSimilarity(string name = "cosine_similarity", int axis = -1) => new(name, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.F1Score" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.F1Score" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.F1Score" path="/exception"/>
    public static F1Score F1Score(string? average = null, double? threshold = null, string name = "f1_score") =>
        new(average, threshold, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.FBetaScore" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Metrics.FBetaScore.#ctor(System.String,System.Double,System.Nullable{System.Double},System.String)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Metrics.FBetaScore.#ctor(System.String,System.Double,System.Nullable{System.Double},System.String)" path="/exception"/>
    public static FBetaScore FBetaScore(string? average = null, double beta = 1, double? threshold = null, string name = "fbeta_score") =>
        new(average, beta, threshold, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.FalseNegatives" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.FalseNegatives" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.FalseNegatives" path="/exception"/>
    public static FalseNegatives FalseNegatives(Thresholds? thresholds = null, string name = "false_negatives") => new(thresholds, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.FalsePositives" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.FalsePositives" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.FalsePositives" path="/exception"/>
    public static FalsePositives FalsePositives(Thresholds? thresholds = null, string name = "false_positives") => new(thresholds, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Hinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Hinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Hinge" path="/exception"/>
    public static Hinge Hinge(string name = "hinge") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.IoU" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.IoU" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.IoU" path="/exception"/>
    public static IoU IoU(
        int numClasses,
        IReadOnlyList<int> targetClassIds,
        string name = "io_u",
        string dtype = "int32",
        int? ignoreClass = null,
        bool sparseYTrue = true,
        bool sparseYPred = true,
        int axis = -1) =>
        new(numClasses, targetClassIds, name, dtype, ignoreClass, sparseYTrue, sparseYPred, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.KLDivergence" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.KLDivergence" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.KLDivergence" path="/exception"/>
    public static KLDivergence KLDivergence(string name = "kl_divergence") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.LogCoshError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.LogCoshError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.LogCoshError" path="/exception"/>
    public static LogCoshError LogCoshError(string name = "logcosh") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Mean" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Mean" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Mean" path="/exception"/>
    public static Mean Mean(string name = "mean") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.MeanAbsoluteError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanAbsoluteError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanAbsoluteError" path="/exception"/>
    public static MeanAbsoluteError MeanAbsoluteError(string name = "mean_absolute_error") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.MeanAbsolutePercentageError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanAbsolutePercentageError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanAbsolutePercentageError" path="/exception"/>
    public static MeanAbsolutePercentageError MeanAbsolutePercentageError(string name = "mean_absolute_percentage_error") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.MeanIoU" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanIoU" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanIoU" path="/exception"/>
    public static MeanIoU MeanIoU(
        int numClasses,
        string name = "mean_io_u",
        string dtype = "int32",
        int? ignoreClass = null,
        bool sparseYTrue = true,
        bool sparseYPred = true,
        int axis = -1) =>
        new(numClasses, name, dtype, ignoreClass, sparseYTrue, sparseYPred, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.MeanSquaredError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanSquaredError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanSquaredError" path="/exception"/>
    public static MeanSquaredError MeanSquaredError(string name = "mean_squared_error") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.MeanSquaredLogarithmicError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanSquaredLogarithmicError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.MeanSquaredLogarithmicError" path="/exception"/>
    public static MeanSquaredLogarithmicError MeanSquaredLogarithmicError(string name = "mean_squared_logarithmic_error") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.OneHotIoU" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.OneHotIoU" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.OneHotIoU" path="/exception"/>
    public static OneHotIoU OneHotIoU(
        int numClasses,
        IReadOnlyList<int> targetClassIds,
        string name = "one_hot_io_u",
        string dtype = "int32",
        int? ignoreClass = null,
        bool sparseYPred = false,
        int axis = -1) =>
        new(numClasses, targetClassIds, name, dtype, ignoreClass, sparseYPred, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.OneHotMeanIoU" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.OneHotMeanIoU" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.OneHotMeanIoU" path="/exception"/>
    public static OneHotMeanIoU OneHotMeanIoU(
        int numClasses,
        string name = "one_hot_mean_io_u",
        string dtype = "int32",
        int? ignoreClass = null,
        bool sparseYPred = false,
        int axis = -1) =>
        new(numClasses, name, dtype, ignoreClass, sparseYPred, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.PearsonCorrelation" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.PearsonCorrelation" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.PearsonCorrelation" path="/exception"/>
    public static PearsonCorrelation PearsonCorrelation(string name = "pearson_correlation", int axis = -1) => new(name, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Poisson" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Poisson" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Poisson" path="/exception"/>
    public static Poisson Poisson(string name = "poisson") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Precision" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Precision" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Precision" path="/exception"/>
    public static Precision Precision(Thresholds? thresholds = null, int? topK = null, int? classId = null, string name = "precision") =>
        new(thresholds, topK, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.PrecisionAtRecall" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.PrecisionAtRecall" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.PrecisionAtRecall" path="/exception"/>
    public static PrecisionAtRecall PrecisionAtRecall(
        double recall, int numThresholds = 200, int? classId = null, string name = "precision_at_recall") =>
        new(recall, numThresholds, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.R2Score" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Metrics.R2Score.#ctor(System.String,System.Int32,System.String)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Metrics.R2Score.#ctor(System.String,System.Int32,System.String)" path="/exception"/>
    public static R2Score R2Score(string? classAggregation = "uniform_average", int numRegressors = 0, string name = "r2_score") =>
        new(classAggregation, numRegressors, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Recall" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Recall" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Recall" path="/exception"/>
    public static Recall Recall(Thresholds? thresholds = null, int? topK = null, int? classId = null, string name = "recall") =>
        new(thresholds, topK, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.RecallAtPrecision" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.RecallAtPrecision" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.RecallAtPrecision" path="/exception"/>
    public static RecallAtPrecision RecallAtPrecision(
        double precision, int numThresholds = 200, int? classId = null, string name = "recall_at_precision") =>
        new(precision, numThresholds, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.RootMeanSquaredError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.RootMeanSquaredError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.RootMeanSquaredError" path="/exception"/>
    public static RootMeanSquaredError RootMeanSquaredError(string name = "root_mean_squared_error") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SensitivityAtSpecificity" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SensitivityAtSpecificity" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SensitivityAtSpecificity" path="/exception"/>
    public static SensitivityAtSpecificity SensitivityAtSpecificity(
        double specificity, int numThresholds = 200, int? classId = null, string name = "sensitivity_at_specificity") =>
        new(specificity, numThresholds, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SparseCategoricalAccuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseCategoricalAccuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseCategoricalAccuracy" path="/exception"/>
    public static SparseCategoricalAccuracy SparseCategoricalAccuracy(string name = "sparse_categorical_accuracy") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SparseCategoricalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseCategoricalCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseCategoricalCrossentropy" path="/exception"/>
    public static SparseCategoricalCrossentropy SparseCategoricalCrossentropy(
        string name = "sparse_categorical_crossentropy", bool fromLogits = false, int? ignoreClass = null, int axis = -1) =>
        new(name, fromLogits, ignoreClass, axis);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SparseTopKCategoricalAccuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseTopKCategoricalAccuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SparseTopKCategoricalAccuracy" path="/exception"/>
    public static SparseTopKCategoricalAccuracy SparseTopKCategoricalAccuracy(
        int k = 5, string name = "sparse_top_k_categorical_accuracy", bool fromSortedIds = false) =>
        new(k, name, fromSortedIds);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SpecificityAtSensitivity" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SpecificityAtSensitivity" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SpecificityAtSensitivity" path="/exception"/>
    public static SpecificityAtSensitivity SpecificityAtSensitivity(
        double sensitivity, int numThresholds = 200, int? classId = null, string name = "specificity_at_sensitivity") =>
        new(sensitivity, numThresholds, classId, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.SquaredHinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.SquaredHinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.SquaredHinge" path="/exception"/>
    public static SquaredHinge SquaredHinge(string name = "squared_hinge") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.Sum" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.Sum" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.Sum" path="/exception"/>
    public static Sum Sum(string name = "sum") => new(name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.TopKCategoricalAccuracy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.TopKCategoricalAccuracy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.TopKCategoricalAccuracy" path="/exception"/>
    public static TopKCategoricalAccuracy TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy") => new(k, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.TrueNegatives" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.TrueNegatives" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.TrueNegatives" path="/exception"/>
    public static TrueNegatives TrueNegatives(Thresholds? thresholds = null, string name = "true_negatives") => new(thresholds, name);

    /// <summary><inheritdoc cref="T:Cairn.Metrics.TruePositives" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Metrics.TruePositives" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Metrics.TruePositives" path="/exception"/>
    public static TruePositives TruePositives(Thresholds? thresholds = null, string name = "true_positives") => new(thresholds, name);
}
