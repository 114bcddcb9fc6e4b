using System.Diagnostics.CodeAnalysis;
using Cairn.Native;
using Cairn.Training;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Cross-entropy of targets 0 and 1, averaged over the last axis. Keras: <c>losses.BinaryCrossentropy</c>.</summary>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing, which moves targets towards 0.5 by this fraction; 0 by default.</param>
/// <param name="axis">The axis to average over; the last by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class BinaryCrossentropy(
    bool fromLogits = false, double labelSmoothing = 0, int axis = -1, string reduction = "sum_over_batch_size",
    string name = "binary_crossentropy")
    : CrossentropyLoss(name, reduction, fromLogits, labelSmoothing, axis)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        if (LabelSmoothing != 0)
        {
            yTrue = (yTrue * Held((float)(1 - LabelSmoothing))).Plus(Held((float)(0.5 * LabelSmoothing)));
        }

        Tensor values = FromLogits
            ? nn.functional.binary_cross_entropy_with_logits(yPred, yTrue, reduction: nn.Reduction.None)
            : nn.functional.binary_cross_entropy(yPred.clamp(Held(Epsilon), Held(1 - Epsilon)), yTrue, reduction: nn.Reduction.None);
        return values.mean([Axis]);
    }

    internal override bool TryDifferentiate(Tensor yTrue, Tensor yPred, out BatchLoss value, [NotNullWhen(true)] out Tensor? gradient)
    {
        (value, gradient) = (default, null);
        if (Axis is not (-1 or 1) || !PairedScores.TryReach(yTrue, yPred, BinaryCrossentropyPass.MostElements, out PairedScores scores))
        {
            return false;
        }

        gradient = empty_like(yPred, requires_grad: false);
        double scale = 1.0 / (Reduction is "sum" ? scores.Width : (long)scores.Count * scores.Width);
        value = BinaryCrossentropyPass.Run(scores, FromLogits, LabelSmoothing, scale, TensorMemory.SpanOf<float>(gradient));
        return true;
    }
}
