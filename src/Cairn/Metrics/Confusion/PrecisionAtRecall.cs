namespace Cairn.Metrics;

/// <summary>
/// The best precision among the thresholds at which the recall is at least the given value. Keras: <c>metrics.PrecisionAtRecall</c>.
/// </summary>
/// <param name="recall">The minimum recall, 0 to 1.</param>
/// <param name="numThresholds">Number of thresholds over [0, 1], 1 or more; 200 by default.</param>
/// <param name="classId">Zero-based index of the only class to evaluate; null (default) for all classes together.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class PrecisionAtRecall(double recall, int numThresholds = 200, int? classId = null, string name = "precision_at_recall")
    : ConstrainedMetric(name, recall, nameof(recall), numThresholds, classId)
{
    private protected override double[] Constrained => Sensitivities;

    private protected override double[] Maximized => Precisions;
}
