using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Dice loss: 1 minus twice the overlap of targets and predictions, relative to their sum; 0 if they are equal. Keras: <c>losses.Dice</c>.
/// </summary>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
/// <param name="axis">
/// The axes to sum over; null (default) for all, including the batch axis; <c>[1, 2, 3]</c> for one value per image.
/// </param>
public sealed class Dice(string reduction = "sum_over_batch_size", string name = "dice", IReadOnlyList<int>? axis = null)
    : OverlapLoss(name, reduction, axis)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return Held(1f).Minus(Sum(yTrue * yPred) * Held(2f) / Sum(yTrue).Plus(Sum(yPred)).Plus(Held((float)CrossentropyLoss.Epsilon)));
    }
}
