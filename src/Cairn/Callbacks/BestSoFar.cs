using Cairn.Metrics;

namespace Cairn.Callbacks;

/// <summary>Tracks the best value of a monitored quantity and decides what counts as an improvement.</summary>
internal sealed class BestSoFar(string monitor, MonitorMode mode, double minDelta)
{
    private const string Validation = "val_";

    private MetricDirection? direction;

    /// <summary>Why the value will not be in the logs of the run, if that is known before it begins; otherwise null.</summary>
    public string? WhyMissing { get; set; }

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

        // In Keras, a first value of NaN remains the best value forever.
        if (double.IsNaN(best))
        {
            return double.IsFinite(current);
        }

        // Keras compares float32 tensors: both sides are rounded first, and ties depend on it.
        return direction == MetricDirection.Down
            ? (float)(current + MinDelta) < (float)best
            : (float)(current - MinDelta) > (float)best;
    }

    /// <summary>A name in the logs without the prefix of validation.</summary>
    public static string Bare(string name) => name.StartsWith(Validation, StringComparison.Ordinal) ? name[Validation.Length..] : name;

    /// <summary>Whether the direction is unknown: neither the mode nor a metric determines whether lower or higher is better.</summary>
    public bool HasNoDirection(Model model) => mode == MonitorMode.Auto && model.DirectionOf(Bare(monitor)) is null;

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

        MetricDirection? found = owner.Model.DirectionOf(Bare(monitor));
        IReadOnlyList<string> known = [.. owner.Model.LoggedNames.Prepend("loss").Distinct()];
        return found ?? throw new ArgumentException(
            $"{owner.Name} monitors '{monitor}' with mode 'auto', but it is unknown whether lower or higher is better. "
            + $"Pass mode: \"min\" if lower is better, or \"max\" if higher is. {NearestName.Hint(Bare(monitor), known)}",
            "monitor");
    }
}
