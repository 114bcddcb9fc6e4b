using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Poisson loss, the mean of <c>yPred - yTrue · log(yPred)</c> over the last axis, for count data. Keras: <c>losses.Poisson</c>.
/// </summary>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class Poisson(string reduction = "sum_over_batch_size", string name = "poisson") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (yPred - (yTrue * yPred.Plus(Held((float)CrossentropyLoss.Epsilon)).log())).mean([-1]);
    }
}
