using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Mean of <c>|yTrue - yPred|</c>. Keras: <c>metrics.MeanAbsoluteError</c>, <c>"mae"</c>.</summary>
/// <param name="name">The name in logs and histories.</param>
public sealed class MeanAbsoluteError(string name = "mean_absolute_error") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Down;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return (yTrue - yPred).abs().mean([-1]);
    }
}
