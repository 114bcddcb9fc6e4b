using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Share of predictions on the right side of a threshold, for targets 0 and 1. Keras: <c>metrics.BinaryAccuracy</c>.</summary>
/// <param name="name">The name in logs and histories.</param>
/// <param name="threshold">Predictions above it count as 1; 0.5 by default (0 for logits).</param>
public sealed class BinaryAccuracy(string name = "binary_accuracy", double threshold = 0.5) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue, yPred);
        return yPred.gt((float)threshold).to(yTrue.dtype).eq(yTrue);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["threshold"] = threshold;
}
