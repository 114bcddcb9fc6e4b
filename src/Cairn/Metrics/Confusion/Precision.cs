using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>
/// Precision: the fraction of the predicted positives that are correct; 0 if there are none. Keras: <c>metrics.Precision</c>.
/// </summary>
/// <param name="thresholds">
/// Predictions above the threshold are positive; 0.5 by default, and no threshold with <paramref name="topK"/>. With several thresholds,
/// there is one result for each.
/// </param>
/// <param name="topK">Only the k largest predictions of a sample can be positive; null (default) for all.</param>
/// <param name="classId">Zero-based index of the only class to evaluate; null (default) for all classes together.</param>
/// <param name="name">The name in logs and the history.</param>
public sealed class Precision(Thresholds? thresholds = null, int? topK = null, int? classId = null, string name = "precision")
    : ThresholdMetric(name, thresholds, topK, classId)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    public override double[] Results() => Share(Counts.TruePositives, Counts.FalsePositives);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["top_k"] = TopK;
        config["class_id"] = ClassId;
    }
}
