using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Base class of metrics with one result for each of the given thresholds.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ThresholdMetric : ConfusionMetric
{
    private readonly Thresholds? thresholds;

    private protected ThresholdMetric(string name, Thresholds? thresholds, int? topK = null, int? classId = null)
        : this(name, thresholds, thresholds as IReadOnlyList<double> ?? [topK is null ? 0.5 : BelowAll], topK, classId)
    {
    }

    private ThresholdMetric(string name, Thresholds? given, IReadOnlyList<double> used, int? topK, int? classId)
        : base(name, used, ConfusionCounts.AreEvenlySpaced(used), topK, classId) => thresholds = given;

    internal override string? ForLogits => TopK is null && thresholds is not [0] ? $"new {ClassName}(thresholds: 0)" : null;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["thresholds"] = thresholds?.ToJson();
}
