using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Mean of <c>max(1 - yTrue · yPred, 0)</c> over the last axis. Keras: <c>losses.Hinge</c>.</summary>
/// <remarks>Targets are -1 and 1; where a batch holds only 0 and 1, its zeros count as -1.</remarks>
/// <param name="reduction">How samples become one number; their mean by default.</param>
/// <param name="name">The loss' name.</param>
public sealed class Hinge(string reduction = "sum_over_batch_size", string name = "hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return (1f - (SignedLabels.Of(yTrue) * yPred)).clamp_min(Held(0)).mean([-1]);
    }
}
