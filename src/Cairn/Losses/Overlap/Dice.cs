using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// 1 less twice the overlap of targets and predictions, relative to their sum: 0 where they are equal. Keras: <c>losses.Dice</c>.
/// </summary>
/// <param name="reduction">How samples become one number; their mean by default.</param>
/// <param name="name">The loss' name.</param>
/// <param name="axis">The axes summed over; null (default) for all, the batch's included, and <c>[1, 2, 3]</c> for one value an image.</param>
public sealed class Dice(string reduction = "sum_over_batch_size", string name = "dice", IReadOnlyList<int>? axis = null)
    : OverlapLoss(name, reduction, axis)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return 1f - (Sum(yTrue * yPred) * 2f / (Sum(yTrue) + Sum(yPred) + (float)CrossentropyLoss.Epsilon));
    }
}
