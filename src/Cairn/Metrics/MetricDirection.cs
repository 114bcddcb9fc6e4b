namespace Cairn.Metrics;

/// <summary>Which way a metric is better; what <c>mode: "auto"</c> of a callback asks.</summary>
public enum MetricDirection
{
    /// <summary>The larger, the better (accuracy).</summary>
    Up,

    /// <summary>The smaller, the better (losses and errors).</summary>
    Down,
}
