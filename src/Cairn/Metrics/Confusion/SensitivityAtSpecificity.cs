namespace Cairn.Metrics;

/// <summary>
/// The best sensitivity among the thresholds at which the specificity is at least the given value.
/// Keras: <c>metrics.SensitivityAtSpecificity</c>.
/// </summary>
/// <param name="specificity">The minimum specificity, 0 to 1.</param>
/// <param name="numThresholds">Number of thresholds over [0, 1], 1 or more; 200 by default.</param>
/// <param name="classId">Zero-based index of the only class to evaluate; null (default) for all classes together.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class SensitivityAtSpecificity(double specificity, int numThresholds = 200, int? classId = null,
    string name = "sensitivity_at_specificity")
    : ConstrainedMetric(name, specificity, nameof(specificity), numThresholds, classId)
{
    private protected override double[] Constrained => Specificities;

    private protected override double[] Maximized => Sensitivities;
}
