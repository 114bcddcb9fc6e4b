namespace Cairn.Metrics;

/// <summary>Weighted number of false positives. Keras: <c>metrics.FalsePositives</c>.</summary>
/// <param name="thresholds">
/// Predictions above the threshold are positive; 0.5 by default. With several thresholds, there is one result for each.
/// </param>
/// <param name="name">The name in logs and the history.</param>
public sealed class FalsePositives(Thresholds? thresholds = null, string name = "false_positives") : ThresholdMetric(name, thresholds)
{
    /// <inheritdoc/>
    public override double[] Results() => [.. Counts.FalsePositives];
}
