using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Mean of <c>(log(yTrue + 1) - log(yPred + 1))²</c> over the last axis. Keras: <c>losses.MeanSquaredLogarithmicError</c>, <c>"msle"</c>.
/// </summary>
/// <remarks>Values below 1e-7 are replaced by 1e-7.</remarks>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class MeanSquaredLogarithmicError(string reduction = "sum_over_batch_size", string name = "mean_squared_logarithmic_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (LogOfOneMore(yPred) - LogOfOneMore(yTrue)).Squared().mean([-1]);
    }

    private static Tensor LogOfOneMore(Tensor values) => AtLeast.Of(values, CrossentropyLoss.Epsilon).Plus(Held(1f)).log();
}
