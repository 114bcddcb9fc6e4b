namespace Cairn.Metrics;

/// <summary>Weighted number of true negatives. Keras: <c>metrics.TrueNegatives</c>.</summary>
/// <param name="thresholds">
/// Predictions above the threshold are positive; 0.5 by default. With several thresholds, there is one result for each.
/// </param>
/// <param name="name">The name in logs and the history.</param>
public sealed class TrueNegatives(Thresholds? thresholds = null, string name = "true_negatives") : ThresholdMetric(name, thresholds)
{
    /// <inheritdoc/>
    public override double[] Results() => [.. Counts.TrueNegatives];
}
