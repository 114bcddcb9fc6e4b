using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Share of predictions that are equal to the targets, number by number. Keras: <c>metrics.Accuracy</c>.</summary>
/// <remarks>For predictions that are class numbers already; the string <c>"accuracy"</c> means one of the others, by the shapes.</remarks>
/// <param name="name">The name in logs and histories.</param>
public sealed class Accuracy(string name = "accuracy") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return yTrue.eq(yPred);
    }
}
