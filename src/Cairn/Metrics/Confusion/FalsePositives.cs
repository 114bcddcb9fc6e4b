namespace Cairn.Metrics;

/// <summary>Weighted number of negatives that were told as positives. Keras: <c>metrics.FalsePositives</c>.</summary>
/// <param name="thresholds">Predictions above it count as positive; 0.5 by default. Several give a result each.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class FalsePositives(Thresholds? thresholds = null, string name = "false_positives") : ThresholdMetric(name, thresholds)
{
    /// <inheritdoc/>
    public override double[] Results() => [.. Counts.FalsePositives];
}
