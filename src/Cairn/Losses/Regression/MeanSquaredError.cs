using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Mean of <c>(yTrue - yPred)²</c> over the last axis. Keras: <c>losses.MeanSquaredError</c>, <c>"mse"</c>.</summary>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class MeanSquaredError(string reduction = "sum_over_batch_size", string name = "mean_squared_error") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (yTrue - yPred).Squared().mean([-1]);
    }
}
