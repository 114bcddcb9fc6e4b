using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Mean of <c>(log(yTrue + 1) - log(yPred + 1))²</c> over the last axis. Keras: <c>losses.MeanSquaredLogarithmicError</c>, <c>"msle"</c>.</summary>
/// <remarks>Numbers below 1e-7 count as 1e-7.</remarks>
/// <param name="reduction">How samples become one number; their mean by default.</param>
/// <param name="name">The loss' name.</param>
public sealed class MeanSquaredLogarithmicError(string reduction = "sum_over_batch_size", string name = "mean_squared_logarithmic_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return (LogOfOneMore(yPred) - LogOfOneMore(yTrue)).square().mean([-1]);
    }

    private static Tensor LogOfOneMore(Tensor values) => (values.clamp_min(Held(CrossentropyLoss.Epsilon)) + 1f).log();
}
