using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// How far the best wrong class comes within 1 of the right one, for one-hot targets <c>[batch, classes]</c>.
/// Keras: <c>losses.CategoricalHinge</c>.
/// </summary>
/// <param name="reduction">How samples become one number; their mean by default.</param>
/// <param name="name">The loss' name.</param>
public sealed class CategoricalHinge(string reduction = "sum_over_batch_size", string name = "categorical_hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        Tensor right = (yTrue * yPred).sum(-1);
        Tensor bestWrong = ((1f - yTrue) * yPred).amax([-1]);
        return (bestWrong - right + 1f).clamp_min(Held(0));
    }
}
