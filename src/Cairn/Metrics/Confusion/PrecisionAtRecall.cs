namespace Cairn.Metrics;

/// <summary>Best precision where at least the given share of the positives is told as such. Keras: <c>metrics.PrecisionAtRecall</c>.</summary>
/// <param name="recall">The least recall, 0 to 1.</param>
/// <param name="numThresholds">At how many thresholds over [0, 1] to look, 1 or more; 200 by default.</param>
/// <param name="classId">The one class, counted from 0, that is looked at; null (default) for all together.</param>
/// <param name="name">The name in logs and histories.</param>
public sealed class PrecisionAtRecall(double recall, int numThresholds = 200, int? classId = null, string name = "precision_at_recall")
    : ConstrainedMetric(name, recall, nameof(recall), numThresholds, classId)
{
    private protected override double[] Constrained => Sensitivities;

    private protected override double[] Maximized => Precisions;
}
