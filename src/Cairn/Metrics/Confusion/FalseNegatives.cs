namespace Cairn.Metrics;

/// <summary>Weighted number of positives that were told as negatives. Keras: <c>metrics.FalseNegatives</c>.</summary>
/// <param name="thresholds">Predictions above it count as positive; 0.5 by default. Several give a result each.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class FalseNegatives(Thresholds? thresholds = null, string name = "false_negatives") : ThresholdMetric(name, thresholds)
{
    /// <inheritdoc/>
    public override double[] Results() => [.. Counts.FalseNegatives];
}
