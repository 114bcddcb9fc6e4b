namespace Cairn.Metrics;

/// <summary>Best recall where at least the given share of the predicted positives is right. Keras: <c>metrics.RecallAtPrecision</c>.</summary>
/// <param name="precision">The least precision, 0 to 1.</param>
/// <param name="numThresholds">At how many thresholds over [0, 1] to look, 1 or more; 200 by default.</param>
/// <param name="classId">The one class, counted from 0, that is looked at; null (default) for all together.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class RecallAtPrecision(double precision, int numThresholds = 200, int? classId = null, string name = "recall_at_precision")
    : ConstrainedMetric(name, precision, nameof(precision), numThresholds, classId)
{
    private protected override double[] Constrained => Precisions;

    private protected override double[] Maximized => Sensitivities;
}
