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
    public static string? Describe(IReadOnlyDictionary<int, double>? classWeight) => classWeight is null
        ? null
        : string.Join(", ", classWeight.OrderBy(pair => pair.Key)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"class {pair.Key}: {pair.Value}")));

    /// <summary>Throws if a class or a weight is invalid.</summary>
    /// <exception cref="ArgumentException">There are no classes, one is below 0, or a weight is NaN or infinite.</exception>
    public static void Check(IReadOnlyDictionary<int, double>? classWeight)
    {
        if (classWeight is null)
        {
            return;
        }

        if (classWeight.Count == 0 || classWeight.Keys.Min() < 0)
        {
            throw new ArgumentException("classWeight must map class indices (0 or more) to weights.", nameof(classWeight));
        }

        if (classWeight.FirstOrDefault(pair => !float.IsFinite((float)pair.Value)) is { Value: not 0 } wrong)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture, $"classWeight gives class {wrong.Key} the weight {wrong.Value}; weights must be finite."),
                nameof(classWeight));
        }
    }

    /// <summary>
    /// The weight of each sample, or of each position if a sample has several: <c>[samples, ...]</c> without the class axis.
    /// </summary>
    /// <param name="targets">
    /// Class indices <c>[samples]</c> or <c>[samples, ..., 1]</c>, or one-hot rows <c>[samples, ..., classes]</c>.
    /// </param>
    /// <param name="classWeight">The weights; missing classes have weight 1.</param>
    public static Tensor For(Tensor targets, IReadOnlyDictionary<int, double> classWeight)
    {
        Check(classWeight);
        bool areNumbers = targets.dtype == ScalarType.Int64;
        if (areNumbers && targets.dim() > 1 && targets.shape[^1] != 1)
        {
            throw new ArgumentException(
                $"classWeight needs class indices with a last axis of size 1, {(Shape)([.. targets.shape, 1])}; "
                    + $"the targets have the shape {(Shape)targets.shape}.",
                nameof(classWeight));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        bool isOneHot = targets.dim() > 1 && targets.shape[^1] != 1;
        Tensor classes = isOneHot ? targets.argmax(-1) : targets.dim() > 1 ? targets.squeeze(-1) : targets;
        classes = areNumbers || classes.dtype == ScalarType.Int64 ? classes : classes.to(ScalarType.Float32).round().to(ScalarType.Int64);
        Tensor weights = ones_like(classes, ScalarType.Float32);
        foreach ((int number, double weight) in classWeight)
        {
            weights.masked_fill_(classes.eq(Held(number)), Held((float)weight));
        }

        return weights.MoveToOuterDisposeScope();
    }
}
