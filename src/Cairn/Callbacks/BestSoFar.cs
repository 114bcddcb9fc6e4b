using Cairn.Metrics;

namespace Cairn.Callbacks;

/// <summary>Tracks the best value of a monitored quantity and decides what counts as an improvement.</summary>
internal sealed class BestSoFar(string monitor, MonitorMode mode, double minDelta)
{
    private MetricDirection? direction;

    public string Monitor => monitor;

    public MonitorMode Mode => mode;

    /// <summary>Minimum change that counts as an improvement; 0 or more.</summary>
    public double MinDelta { get; } = Math.Abs(minDelta);

    /// <summary>The best value of the current training; null before the first one.</summary>
    public double? Value { get; set; }

    /// <summary>Resets the state of the previous training.</summary>
    public void Forget(double? best)
    {
        Value = best;
        direction = null;
    }

    /// <summary>
    /// Determines whether lower or higher is better. For <c>"auto"</c> this asks the model's metrics, which exist once it has seen data.
    /// </summary>
    /// <exception cref="ArgumentException">The mode is <c>"auto"</c> and the direction can't be inferred.</exception>
    public void ResolveDirection(Callback owner) => _ = direction ??= FindDirection(owner);

    /// <summary>
    /// Whether a value is better than a reference by more than <see cref="MinDelta"/>. The direction must have been determined before.
    /// </summary>
    public bool IsImprovement(double current, double? reference)
    {
        if (reference is not { } best)
        {
            return true;
        }

        // Keras compares float32 tensors: both sides are rounded first, and ties depend on it.
        return direction == MetricDirection.Down
            ? (float)(current + MinDelta) < (float)best
            : (float)(current - MinDelta) > (float)best;
    }

    private MetricDirection FindDirection(Callback owner)
    {
        if (mode == MonitorMode.Min)
        {
            return MetricDirection.Down;
        }

        if (mode == MonitorMode.Max)
        {
            return MetricDirection.Up;
        }

        const string Validation = "val_";
        string name = monitor.StartsWith(Validation, StringComparison.Ordinal) ? monitor[Validation.Length..] : monitor;
        MetricDirection? found = name == "loss" ? MetricDirection.Down : null;
        foreach (Metric metric in owner.Model.Metrics)
        {
            found = metric.Name == name ? metric.Direction ?? found : found;
        }

        var known = owner.Model.Metrics.Select(metric => metric.Name).Prepend("loss").Distinct().ToList();
        return found ?? throw new ArgumentException(
            $"{owner.Name} monitors '{monitor}' with mode 'auto', but it is unknown whether lower or higher is better. "
            + $"Pass mode: \"min\" if lower is better, or \"max\" if higher is. {NearestName.Hint(name, known)}",
            "monitor");
    }
}
