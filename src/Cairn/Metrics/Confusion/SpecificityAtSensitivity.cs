namespace Cairn.Metrics;

/// <summary>
/// Best share of the negatives told as such, where at least the given share of the positives is told as such.
/// Keras: <c>metrics.SpecificityAtSensitivity</c>.
/// </summary>
/// <param name="sensitivity">The least sensitivity, 0 to 1.</param>
/// <param name="numThresholds">At how many thresholds over [0, 1] to look, 1 or more; 200 by default.</param>
/// <param name="classId">The one class, counted from 0, that is looked at; null (default) for all together.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class SpecificityAtSensitivity(double sensitivity, int numThresholds = 200, int? classId = null,
    string name = "specificity_at_sensitivity")
    : ConstrainedMetric(name, sensitivity, nameof(sensitivity), numThresholds, classId)
{
    private protected override double[] Constrained => Sensitivities;

    private protected override double[] Maximized => Specificities;
}
