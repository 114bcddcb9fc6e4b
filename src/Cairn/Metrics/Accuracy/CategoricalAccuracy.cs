using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Fraction of samples whose largest prediction has the same index as the largest target. Keras: <c>metrics.CategoricalAccuracy</c>.
/// </summary>
/// <remarks>Targets are one-hot, <c>[..., classes]</c>, predictions <c>[..., classes]</c>.</remarks>
/// <param name="name">The name in logs and the history.</param>
public sealed class CategoricalAccuracy(string name = "categorical_accuracy") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    // A loss that counts hits has compared the same scores with targets of their shape.
    private protected override bool TakesHits(Tensor yTrue) => yTrue.dtype == ScalarType.Float32;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue, yPred);
        return yTrue.argmax(-1).eq(yPred.argmax(-1));
    }
}
