using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Fraction of samples whose class is among the k largest predictions. Keras: <c>metrics.TopKCategoricalAccuracy</c>.</summary>
/// <remarks>
/// Targets are one-hot, <c>[..., classes]</c>, predictions <c>[..., classes]</c>. Ties with the k-th largest prediction count.
/// </remarks>
/// <param name="k">The number of top predictions to consider, 1 to the number of classes; 5 by default.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy") : MeanMetric(name)
{
    private readonly int k = TopK.Check(k);

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue, yPred);
        return TopK.Holds(yTrue.argmax(-1), yPred, k);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["k"] = k;
}
