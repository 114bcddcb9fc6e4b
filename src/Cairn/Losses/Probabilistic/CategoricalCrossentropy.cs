using System.Diagnostics.CodeAnalysis;
using Cairn.Native;
using Cairn.Training;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Cross-entropy of one-hot targets <c>[batch, classes]</c>. Keras: <c>losses.CategoricalCrossentropy</c>.</summary>
/// <remarks>Probabilities are first normalized to sum to 1 and clipped to [1e-7, 1 - 1e-7], as in Keras.</remarks>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing: fraction of the target to distribute evenly over all classes; 0 by default.</param>
/// <param name="axis">The axis of the classes; the last by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class CategoricalCrossentropy(
    bool fromLogits = false, double labelSmoothing = 0, int axis = -1, string reduction = "sum_over_batch_size",
    string name = "categorical_crossentropy")
    : CrossentropyLoss(name, reduction, fromLogits, labelSmoothing, axis)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        if (LabelSmoothing != 0)
        {
            yTrue = (yTrue * Held((float)(1 - LabelSmoothing))).Plus(Held((float)(LabelSmoothing / yPred.size(Axis))));
        }

        return (yTrue * LogProbabilities(yPred, FromLogits, Axis)).sum(Axis).neg();
    }

    internal override bool TryDifferentiate(Tensor yTrue, Tensor yPred, out BatchLoss value, [NotNullWhen(true)] out Tensor? gradient)
    {
        (value, gradient) = (default, null);
        if (Axis is not (-1 or 1) || !PairedScores.TryReach(yTrue, yPred, ClassScores.MostElements, out PairedScores scores))
        {
            return false;
        }

        gradient = empty_like(yPred, requires_grad: false);
        var pass = new CategoricalCrossentropyPass(FromLogits, LabelSmoothing, Reduction is "sum" ? 1 : 1f / scores.Count);
        value = pass.Run(scores, TensorMemory.SpanOf<float>(gradient));
        return true;
    }

    internal static Tensor LogProbabilities(Tensor yPred, bool fromLogits, int axis) => fromLogits
        ? nn.functional.log_softmax(yPred, axis)
        : (yPred / yPred.sum(axis, keepdim: true)).clamp(Held(Epsilon), Held(1 - Epsilon)).log();

    private protected override string ShapeHint(Shape yTrue, Shape yPred) => yTrue.Rank == yPred.Rank - 1 || yTrue[^1] == 1
        ? " For integer class targets, use 'sparse_categorical_crossentropy'."
        : "";
}
