using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Mean of <c>max(1 - yTrue · yPred, 0)²</c> over the last axis. Keras: <c>losses.SquaredHinge</c>.</summary>
/// <remarks>Targets are -1 and 1; if a batch contains only 0 and 1, zeros are converted to -1.</remarks>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class SquaredHinge(string reduction = "sum_over_batch_size", string name = "squared_hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return AtLeast.Of(Held(1f).Minus(SignedLabels.Of(yTrue) * yPred), 0).Squared().mean([-1]);
    }
}
