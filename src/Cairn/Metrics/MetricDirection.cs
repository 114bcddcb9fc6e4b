namespace Cairn.Metrics;

/// <summary>The direction in which a metric improves; used by <c>mode: "auto"</c> of callbacks.</summary>
public enum MetricDirection
{
    /// <summary>Higher is better (accuracy).</summary>
    Up,

    /// <summary>Lower is better (losses and errors).</summary>
    Down,
}
