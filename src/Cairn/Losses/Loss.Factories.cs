namespace Cairn.Losses;

// One factory per class: 13 names exist in both Cairn.Losses and Cairn.Metrics, and new Hinge(...) is ambiguous if both are imported.
public abstract partial class Loss
{
    /// <summary><inheritdoc cref="T:Cairn.Losses.BinaryCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.BinaryCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.BinaryCrossentropy" path="/exception"/>
    public static BinaryCrossentropy BinaryCrossentropy(
        bool fromLogits = false,
        double labelSmoothing = 0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_crossentropy") =>
        new(fromLogits, labelSmoothing, axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.BinaryFocalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.BinaryFocalCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.BinaryFocalCrossentropy" path="/exception"/>
    public static BinaryFocalCrossentropy BinaryFocalCrossentropy(
        bool applyClassBalancing = false,
        double alpha = 0.25,
        double gamma = 2,
        bool fromLogits = false,
        double labelSmoothing = 0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_focal_crossentropy") =>
        new(applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CTC" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.CTC" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.CTC" path="/exception"/>
    public static CTC CTC(string reduction = "sum_over_batch_size", string name = "ctc") => new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CategoricalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalCrossentropy" path="/exception"/>
    public static CategoricalCrossentropy CategoricalCrossentropy(
        bool fromLogits = false,
        double labelSmoothing = 0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_crossentropy") =>
        new(fromLogits, labelSmoothing, axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CategoricalFocalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalFocalCrossentropy" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalFocalCrossentropy" path="/exception"/>
    public static CategoricalFocalCrossentropy CategoricalFocalCrossentropy(
        double alpha = 0.25,
        double gamma = 2,
        bool fromLogits = false,
        double labelSmoothing = 0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_focal_crossentropy") =>
        new(alpha, gamma, fromLogits, labelSmoothing, axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CategoricalGeneralizedCrossEntropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Losses.CategoricalGeneralizedCrossEntropy.#ctor(System.Double,System.String,System.String)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Losses.CategoricalGeneralizedCrossEntropy.#ctor(System.Double,System.String,System.String)" path="/exception"/>
    public static CategoricalGeneralizedCrossEntropy CategoricalGeneralizedCrossEntropy(
        double q = 0.5, string reduction = "sum_over_batch_size", string name = "categorical_generalized_cross_entropy") =>
        new(q, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CategoricalHinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalHinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.CategoricalHinge" path="/exception"/>
    public static CategoricalHinge CategoricalHinge(string reduction = "sum_over_batch_size", string name = "categorical_hinge") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Circle" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.Circle" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.Circle" path="/exception"/>
    public static Circle Circle(
        double gamma = 80,
        double margin = 0.4,
        bool removeDiagonal = true,
        string reduction = "sum_over_batch_size",
        string name = "circle") =>
        new(gamma, margin, removeDiagonal, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.CosineSimilarity" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.CosineSimilarity" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.CosineSimilarity" path="/exception"/>
    public static CosineSimilarity CosineSimilarity(
        int axis = -1, string reduction = "sum_over_batch_size", string name = "cosine_similarity") =>
        new(axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Dice" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.Dice" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.Dice" path="/exception"/>
    public static Dice Dice(string reduction = "sum_over_batch_size", string name = "dice", IReadOnlyList<int>? axis = null) =>
        new(reduction, name, axis);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Hinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.Hinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.Hinge" path="/exception"/>
    public static Hinge Hinge(string reduction = "sum_over_batch_size", string name = "hinge") => new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Huber" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Losses.Huber.#ctor(System.Double,System.String,System.String)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Losses.Huber.#ctor(System.Double,System.String,System.String)" path="/exception"/>
    public static Huber Huber(double delta = 1, string reduction = "sum_over_batch_size", string name = "huber_loss") =>
        new(delta, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.KLDivergence" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.KLDivergence" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.KLDivergence" path="/exception"/>
    public static KLDivergence KLDivergence(string reduction = "sum_over_batch_size", string name = "kl_divergence") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.LogCosh" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.LogCosh" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.LogCosh" path="/exception"/>
    public static LogCosh LogCosh(string reduction = "sum_over_batch_size", string name = "log_cosh") => new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.MeanAbsoluteError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.MeanAbsoluteError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.MeanAbsoluteError" path="/exception"/>
    public static MeanAbsoluteError MeanAbsoluteError(string reduction = "sum_over_batch_size", string name = "mean_absolute_error") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.MeanAbsolutePercentageError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.MeanAbsolutePercentageError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.MeanAbsolutePercentageError" path="/exception"/>
    public static MeanAbsolutePercentageError MeanAbsolutePercentageError(
        string reduction = "sum_over_batch_size", string name = "mean_absolute_percentage_error") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.MeanSquaredError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.MeanSquaredError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.MeanSquaredError" path="/exception"/>
    public static MeanSquaredError MeanSquaredError(string reduction = "sum_over_batch_size", string name = "mean_squared_error") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.MeanSquaredLogarithmicError" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.MeanSquaredLogarithmicError" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.MeanSquaredLogarithmicError" path="/exception"/>
    public static MeanSquaredLogarithmicError MeanSquaredLogarithmicError(
        string reduction = "sum_over_batch_size", string name = "mean_squared_logarithmic_error") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Poisson" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.Poisson" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.Poisson" path="/exception"/>
    public static Poisson Poisson(string reduction = "sum_over_batch_size", string name = "poisson") => new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.SparseCategoricalCrossentropy" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Losses.SparseCategoricalCrossentropy.#ctor(System.Boolean,System.Nullable{System.Int32},System.Int32,System.String,System.String)" path="/param"/>
    /// <inheritdoc cref="M:Cairn.Losses.SparseCategoricalCrossentropy.#ctor(System.Boolean,System.Nullable{System.Int32},System.Int32,System.String,System.String)" path="/exception"/>
    public static SparseCategoricalCrossentropy SparseCategoricalCrossentropy(
        bool fromLogits = false,
        int? ignoreClass = null,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "sparse_categorical_crossentropy") =>
        new(fromLogits, ignoreClass, axis, reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.SquaredHinge" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.SquaredHinge" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.SquaredHinge" path="/exception"/>
    public static SquaredHinge SquaredHinge(string reduction = "sum_over_batch_size", string name = "squared_hinge") =>
        new(reduction, name);

    /// <summary><inheritdoc cref="T:Cairn.Losses.Tversky" path="/summary/node()"/></summary>
    /// <inheritdoc cref="T:Cairn.Losses.Tversky" path="/param"/>
    /// <inheritdoc cref="T:Cairn.Losses.Tversky" path="/exception"/>
    public static Tversky Tversky(
        double alpha = 0.5,
        double beta = 0.5,
        string reduction = "sum_over_batch_size",
        string name = "tversky",
        IReadOnlyList<int>? axis = null) =>
        new(alpha, beta, reduction, name, axis);
}
