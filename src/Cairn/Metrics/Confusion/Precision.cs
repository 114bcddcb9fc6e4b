using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Share of the predicted positives that are right; 0 where there are none. Keras: <c>metrics.Precision</c>.</summary>
/// <param name="thresholds">
/// Predictions above it count as positive; 0.5 by default, and none with <paramref name="topK"/>. Several give a result each.
/// </param>
/// <param name="topK">Only the so many largest predictions of a row can be positive; null (default) for all.</param>
/// <param name="classId">The one class, counted from 0, that is looked at; null (default) for all together.</param>
/// <param name="name">The name in logs and histories.</param>
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
