namespace Cairn.Metrics;

/// <summary>Weighted number of negatives that were told as such. Keras: <c>metrics.TrueNegatives</c>.</summary>
/// <param name="thresholds">Predictions above it count as positive; 0.5 by default. Several give a result each.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class TrueNegatives(Thresholds? thresholds = null, string name = "true_negatives") : ThresholdMetric(name, thresholds)
{
    /// <inheritdoc/>
    public override double[] Results() => [.. Counts.TrueNegatives];
}
