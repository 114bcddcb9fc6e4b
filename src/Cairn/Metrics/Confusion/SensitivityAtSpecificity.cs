namespace Cairn.Metrics;

/// <summary>
/// Best share of the positives told as such, where at least the given share of the negatives is told as such.
/// Keras: <c>metrics.SensitivityAtSpecificity</c>.
/// </summary>
/// <param name="specificity">The least specificity, 0 to 1.</param>
/// <param name="numThresholds">At how many thresholds over [0, 1] to look, 1 or more; 200 by default.</param>
/// <param name="classId">The one class, counted from 0, that is looked at; null (default) for all together.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class SensitivityAtSpecificity(double specificity, int numThresholds = 200, int? classId = null,
    string name = "sensitivity_at_specificity")
    : ConstrainedMetric(name, specificity, nameof(specificity), numThresholds, classId)
{
    private protected override double[] Constrained => Specificities;

    private protected override double[] Maximized => Sensitivities;
}
