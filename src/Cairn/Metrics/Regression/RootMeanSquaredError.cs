using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Square root of the mean of <c>(yTrue - yPred)²</c>. Keras: <c>metrics.RootMeanSquaredError</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class RootMeanSquaredError(string name = "root_mean_squared_error") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Down;

    // In Keras this is a plain mean of values, which have no mask.
    internal override bool TakesMasks => false;

    /// <inheritdoc/>
    public override double Result() => MathF.Sqrt((float)base.Result());

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (yPred - yTrue).Squared();
    }
}
