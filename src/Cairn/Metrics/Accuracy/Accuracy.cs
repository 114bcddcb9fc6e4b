using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Fraction of predictions that equal the targets, element by element. Keras: <c>metrics.Accuracy</c>.</summary>
/// <remarks>For predictions that are class indices; the string <c>"accuracy"</c> selects a class based on the shapes.</remarks>
/// <param name="name">The name in logs and the history.</param>
public sealed class Accuracy(string name = "accuracy") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return yTrue.eq(yPred);
    }
}
