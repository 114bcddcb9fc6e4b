using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Mean of <c>(yTrue - yPred)²</c>. Keras: <c>metrics.MeanSquaredError</c>, <c>"mse"</c>.</summary>
/// <param name="name">The name in logs and histories.</param>
public sealed class MeanSquaredError(string name = "mean_squared_error") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Down;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return (yTrue - yPred).square().mean([-1]);
    }
}
