namespace Cairn.Metrics;

/// <summary>
/// The best specificity among the thresholds at which the sensitivity is at least the given value.
/// Keras: <c>metrics.SpecificityAtSensitivity</c>.
/// </summary>
/// <param name="sensitivity">The minimum sensitivity, 0 to 1.</param>
/// <param name="numThresholds">Number of thresholds over [0, 1], 1 or more; 200 by default.</param>
/// <param name="classId">Zero-based index of the only class to evaluate; null (default) for all classes together.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class SpecificityAtSensitivity(double sensitivity, int numThresholds = 200, int? classId = null,
    string name = "specificity_at_sensitivity")
    : ConstrainedMetric(name, sensitivity, nameof(sensitivity), numThresholds, classId)
{
    private protected override double[] Constrained => Sensitivities;

    private protected override double[] Maximized => Specificities;
}
