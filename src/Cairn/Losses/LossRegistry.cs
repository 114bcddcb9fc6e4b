using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Losses;

/// <summary>The losses by Keras name: strings in code, and class names in files.</summary>
internal static class LossRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Loss>> Factories = new(StringComparer.Ordinal)
    {
        ["MeanSquaredError"] = c => new MeanSquaredError(Reduction(c), Name(c, "mean_squared_error")),
        ["MeanAbsoluteError"] = c => new MeanAbsoluteError(Reduction(c), Name(c, "mean_absolute_error")),
        ["MeanAbsolutePercentageError"] = c => new MeanAbsolutePercentageError(Reduction(c), Name(c, "mean_absolute_percentage_error")),
        ["MeanSquaredLogarithmicError"] = c => new MeanSquaredLogarithmicError(Reduction(c), Name(c, "mean_squared_logarithmic_error")),
        ["CosineSimilarity"] = c => new CosineSimilarity(c.Int("axis", -1), Reduction(c), Name(c, "cosine_similarity")),
        ["Huber"] = c => new Huber(c.Double("delta", 1), Reduction(c), Name(c, "huber_loss")),
        ["LogCosh"] = c => new LogCosh(Reduction(c), Name(c, "log_cosh")),
        ["Hinge"] = c => new Hinge(Reduction(c), Name(c, "hinge")),
        ["SquaredHinge"] = c => new SquaredHinge(Reduction(c), Name(c, "squared_hinge")),
        ["CategoricalHinge"] = c => new CategoricalHinge(Reduction(c), Name(c, "categorical_hinge")),
        ["KLDivergence"] = c => new KLDivergence(Reduction(c), Name(c, "kl_divergence")),
        ["Poisson"] = c => new Poisson(Reduction(c), Name(c, "poisson")),
        ["BinaryCrossentropy"] = c => new BinaryCrossentropy(
            c.Bool("from_logits", false), c.Double("label_smoothing", 0), c.Int("axis", -1), Reduction(c), Name(c, "binary_crossentropy")),
        ["BinaryFocalCrossentropy"] = c => new BinaryFocalCrossentropy(
            c.Bool("apply_class_balancing", false),
            c.Double("alpha", 0.25),
            c.Double("gamma", 2),
            c.Bool("from_logits", false),
            c.Double("label_smoothing", 0),
            c.Int("axis", -1),
            Reduction(c),
            Name(c, "binary_focal_crossentropy")),
        ["CategoricalCrossentropy"] = c => new CategoricalCrossentropy(
            c.Bool("from_logits", false), c.Double("label_smoothing", 0), c.Int("axis", -1), Reduction(c),
            Name(c, "categorical_crossentropy")),
        ["CategoricalFocalCrossentropy"] = c => new CategoricalFocalCrossentropy(
            c.Double("alpha", 0.25),
            c.Double("gamma", 2),
            c.Bool("from_logits", false),
            c.Double("label_smoothing", 0),
            c.Int("axis", -1),
            Reduction(c),
            Name(c, "categorical_focal_crossentropy")),
        ["SparseCategoricalCrossentropy"] = c => new SparseCategoricalCrossentropy(
            c.Bool("from_logits", false),
            (int?)c.OptionalLong("ignore_class"),
            c.Int("axis", -1),
            Reduction(c),
            Name(c, "sparse_categorical_crossentropy")),
        ["CategoricalGeneralizedCrossEntropy"] = c => new CategoricalGeneralizedCrossEntropy(
            c.Double("q", 0.5), Reduction(c), Name(c, "categorical_generalized_cross_entropy")),
        ["CTC"] = c => new CTC(Reduction(c), Name(c, "ctc")),
        ["Dice"] = c => new Dice(Reduction(c), Name(c, "dice"), c.OptionalInts("axis")),
        ["Tversky"] = c =>
            new Tversky(c.Double("alpha", 0.5), c.Double("beta", 0.5), Reduction(c), Name(c, "tversky"), c.OptionalInts("axis")),
        ["Circle"] = c =>
            new Circle(c.Double("gamma", 80), c.Double("margin", 0.4), c.Bool("remove_diagonal", true), Reduction(c), Name(c, "circle")),
    };

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["mean_squared_error"] = "MeanSquaredError",
        ["mse"] = "MeanSquaredError",
        ["MSE"] = "MeanSquaredError",
        ["mean_absolute_error"] = "MeanAbsoluteError",
        ["mae"] = "MeanAbsoluteError",
        ["MAE"] = "MeanAbsoluteError",
        ["mean_absolute_percentage_error"] = "MeanAbsolutePercentageError",
        ["mape"] = "MeanAbsolutePercentageError",
        ["MAPE"] = "MeanAbsolutePercentageError",
        ["mean_squared_logarithmic_error"] = "MeanSquaredLogarithmicError",
        ["msle"] = "MeanSquaredLogarithmicError",
        ["MSLE"] = "MeanSquaredLogarithmicError",
        ["cosine_similarity"] = "CosineSimilarity",
        ["huber"] = "Huber",
        ["log_cosh"] = "LogCosh",
        ["hinge"] = "Hinge",
        ["squared_hinge"] = "SquaredHinge",
        ["categorical_hinge"] = "CategoricalHinge",
        ["kl_divergence"] = "KLDivergence",
        ["kld"] = "KLDivergence",
        ["KLD"] = "KLDivergence",
        ["poisson"] = "Poisson",
        ["binary_crossentropy"] = "BinaryCrossentropy",
        ["bce"] = "BinaryCrossentropy",
        ["BCE"] = "BinaryCrossentropy",
        ["binary_focal_crossentropy"] = "BinaryFocalCrossentropy",
        ["categorical_crossentropy"] = "CategoricalCrossentropy",
        ["categorical_focal_crossentropy"] = "CategoricalFocalCrossentropy",
        ["sparse_categorical_crossentropy"] = "SparseCategoricalCrossentropy",
        ["categorical_generalized_cross_entropy"] = "CategoricalGeneralizedCrossEntropy",
        ["ctc"] = "CTC",
        ["dice"] = "Dice",
        ["tversky"] = "Tversky",
        ["circle"] = "Circle",
    };

    private static IEnumerable<string> Known => new[] { "crossentropy", "ce" }.Concat(Names.Keys);

    public static Loss Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (CrossentropyByShape.IsMeantBy(name))
        {
            return new CrossentropyByShape(name);
        }

        return Find(name) is { } factory
            ? factory(new ConfigReader([], name))
            : throw new ArgumentException($"Unknown loss '{name}'. {NearestName.Hint(name, Known)}", nameof(name));
    }

    public static Loss Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        Func<ConfigReader, Loss>? factory = KerasObject.IsOfKeras(node) ? Find(className) : null;
        if (CustomObjects.TryMake<Loss>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            return custom;
        }

        if (node is JsonValue && CrossentropyByShape.IsMeantBy(className))
        {
            return new CrossentropyByShape(className);
        }

        if (factory is null)
        {
            throw UnknownObject.Exception("loss", className, node, place,
                Known.Concat(Factories.Keys).Concat(CustomObjects.NamesOf<Loss>()));
        }

        try
        {
            return factory(config);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    private static Func<ConfigReader, Loss>? Find(string name) => Factories.GetValueOrDefault(Names.GetValueOrDefault(name, name));

    private static string Name(ConfigReader config, string fallback) => config.OptionalString("name") ?? fallback;

    // Keras 2 wrote "auto" for the mean.
    private static string Reduction(ConfigReader config) =>
        config.OptionalString("reduction") is { } given and not "auto" ? given : "sum_over_batch_size";
}
