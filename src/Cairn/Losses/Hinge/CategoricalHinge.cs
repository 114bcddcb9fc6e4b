using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Categorical hinge loss, <c>max(neg - pos + 1, 0)</c> with <c>neg = max((1 - yTrue) · yPred)</c> and <c>pos = Σ yTrue · yPred</c>, for
/// one-hot targets <c>[batch, classes]</c>. Keras: <c>losses.CategoricalHinge</c>.
/// </summary>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class CategoricalHinge(string reduction = "sum_over_batch_size", string name = "categorical_hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        Tensor right = (yTrue * yPred).sum(-1);
        Tensor bestWrong = (Held(1f).Minus(yTrue) * yPred).amax([-1]);
        return AtLeast.Of((bestWrong - right).Plus(Held(1f)), 0);
    }
}
