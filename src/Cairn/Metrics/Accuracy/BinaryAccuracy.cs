using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Fraction of predictions on the correct side of a threshold, for targets 0 and 1. Keras: <c>metrics.BinaryAccuracy</c>.
/// </summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="threshold">Predictions above the threshold count as 1; 0.5 by default (use 0 for logits).</param>
public sealed class BinaryAccuracy(string name = "binary_accuracy", double threshold = 0.5) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    internal override string? ForLogits =>
        threshold > 0 ? $"new BinaryAccuracy({(Name == "binary_accuracy" ? "" : $"name: \"{Name}\", ")}threshold: 0)" : null;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue, yPred);
        return yPred.gt(Held((float)threshold)).to(yTrue.dtype).eq(yTrue);
    }

    private protected override bool TrySum(Tensor yTrue, Tensor yPred, out double sum, out long samples)
    {
        (sum, samples) = (0, 0);
        if (!PairedScores.TryReach(yTrue, yPred, ClassScores.MostElements, out PairedScores scores))
        {
            return false;
        }

        ReadOnlySpan<float> targets = scores.AllTargets;
        ReadOnlySpan<float> predictions = scores.AllScores;
        float least = (float)threshold;
        int right = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            if ((predictions[i] > least ? 1f : 0f) == targets[i])
            {
                right++;
            }
        }

        (sum, samples) = ((double)right / scores.Width, scores.Count);
        return true;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["threshold"] = threshold;
}
