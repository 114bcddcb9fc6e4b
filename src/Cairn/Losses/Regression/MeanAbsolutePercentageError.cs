using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Mean of <c>100 · |yTrue - yPred| / |yTrue|</c> over the last axis. Keras: <c>losses.MeanAbsolutePercentageError</c>, <c>"mape"</c>.
/// </summary>
/// <remarks>Absolute targets below 1e-7 are replaced by 1e-7.</remarks>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class MeanAbsolutePercentageError(string reduction = "sum_over_batch_size", string name = "mean_absolute_percentage_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (yTrue - yPred).div(yTrue.abs().clamp_min(Held(CrossentropyLoss.Epsilon))).abs().mean([-1]) * Held(100f);
    }
}
