namespace Cairn.Metrics;

/// <summary>
/// The best recall among the thresholds at which the precision is at least the given value. Keras: <c>metrics.RecallAtPrecision</c>.
/// </summary>
/// <param name="precision">The minimum precision, 0 to 1.</param>
/// <param name="numThresholds">Number of thresholds over [0, 1], 1 or more; 200 by default.</param>
/// <param name="classId">Zero-based index of the only class to evaluate; null (default) for all classes together.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class RecallAtPrecision(double precision, int numThresholds = 200, int? classId = null, string name = "recall_at_precision")
    : ConstrainedMetric(name, precision, nameof(precision), numThresholds, classId)
{
    private protected override double[] Constrained => Precisions;

    private protected override double[] Maximized => Sensitivities;
}
