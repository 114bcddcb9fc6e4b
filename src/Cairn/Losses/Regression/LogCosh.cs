using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Mean of <c>log(cosh(yPred - yTrue))</c> over the last axis: approximately quadratic for small errors and linear for large ones.
/// Keras: <c>losses.LogCosh</c>.
/// </summary>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class LogCosh(string reduction = "sum_over_batch_size", string name = "log_cosh") : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        Tensor error = yPred - yTrue;
        return (error.Plus((error * Held(-2f)).Softplus()) - Held(MathF.Log(2))).mean([-1]);
    }
}
