using System.Globalization;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>
/// Sample weights by class: the class index, or the position of the maximum in a one-hot row, as Keras interprets targets.
/// </summary>
internal static class ClassWeights
{
    /// <summary>The targets that class weights apply to.</summary>
    /// <exception cref="ArgumentException">There are targets for several outputs.</exception>
    public static Tensor OneTarget(IReadOnlyList<Tensor> targets) => targets is [var only]
        ? only
        : throw new ArgumentException($"classWeight supports models with one output only; there are targets for {targets.Count}. Use "
        + "sampleWeight, with one array per output.", "classWeight");

    /// <summary>The weights in class order, for comparing runs.</summary>
    /// <exception cref="ArgumentException">A weight is NaN or infinite.</exception>
    public static string? Describe(IReadOnlyDictionary<int, double>? classWeight) => classWeight is null
        ? null
        : string.Join(", ", RequireFinite(classWeight).OrderBy(pair => pair.Key)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"class {pair.Key}: {pair.Value}")));

    // One such weight makes the loss NaN, and with it every weight of the model.
    private static IReadOnlyDictionary<int, double> RequireFinite(IReadOnlyDictionary<int, double> classWeight)
    {
        foreach ((int number, double weight) in classWeight)
        {
            if (!double.IsFinite(weight))
            {
                throw new ArgumentException($"classWeight gives the class {number} the weight {DataCheck.Shown(weight)}; a weight is a "
                    + $"finite number.", nameof(classWeight));
            }
        }

        return classWeight;
    }

    public static Tensor For(Tensor targets, IReadOnlyDictionary<int, double> classWeight)
    {
        RequireFinite(classWeight);
        if (classWeight.Count == 0 || classWeight.Keys.Min() < 0)
        {
            throw new ArgumentException("classWeight must map class indices (0 or more) to weights.", nameof(classWeight));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor classes = targets.dim() > 1 && targets.shape[^1] > 1 ? targets.argmax(-1)
            : targets.flatten().to(ScalarType.Float32).round().to(ScalarType.Int64);
        if (classes.dim() != 1)
        {
            throw new ArgumentException($"classWeight needs one class per sample; the targets have the shape {(Shape)targets.shape}.",
                nameof(classWeight));
        }

        Tensor weights = ones_like(classes, ScalarType.Float32);
        foreach ((int number, double weight) in classWeight)
        {
            weights.masked_fill_(classes.eq(Held(number)), Held((float)weight));
        }

        return weights.MoveToOuterDisposeScope();
    }
}
