using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Kullback-Leibler divergence <c>Σ yTrue · log(yTrue / yPred)</c> over the last axis. Keras: <c>losses.KLDivergence</c>, <c>"kld"</c>.
/// </summary>
/// <remarks>Both are first clipped to [1e-7, 1], as in Keras.</remarks>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class KLDivergence(string reduction = "sum_over_batch_size", string name = "kl_divergence") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        yTrue = yTrue.clamp(Held(CrossentropyLoss.Epsilon), Held(1));
        yPred = yPred.clamp(Held(CrossentropyLoss.Epsilon), Held(1));
        return (yTrue * (yTrue / yPred).log()).sum(-1);
    }
}
