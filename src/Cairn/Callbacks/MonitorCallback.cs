namespace Cairn.Callbacks;

/// <summary>
/// Base class of callbacks that monitor a value of the logs: its name, its mode, and the minimum change that counts as an improvement.
/// Keras: <c>callbacks.MonitorCallback</c>.
/// </summary>
public abstract class MonitorCallback : Callback
{
    private const string BestKey = "best";
    private readonly BestSoFar best;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">Name of the value to monitor, such as <c>val_loss</c>.</param>
    /// <param name="mode">Whether lower or higher is better: <c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="minDelta">
    /// Minimum change that counts as an improvement, in units of the value; its sign is ignored. Default 0.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="monitor"/> is empty.</exception>
    protected MonitorCallback(string monitor, MonitorMode mode, double minDelta = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        best = new BestSoFar(monitor, mode, minDelta);
    }

    /// <summary>Name of the monitored value.</summary>
    public string Monitor => best.Monitor;

    /// <summary>Whether lower or higher is better.</summary>
    public MonitorMode Mode => best.Mode;

    /// <summary>Minimum change that counts as an improvement; 0 or more.</summary>
    public double MinDelta => best.MinDelta;

    /// <summary>The best value of the current training; null before the first one.</summary>
    public double? Best => best.Value;

    /// <summary>The tracker behind <see cref="Best"/>.</summary>
    private protected BestSoFar Watched => best;

    /// <summary>Resets the state of the previous training.</summary>
    /// <param name="best">The value to improve on; if null, the first value counts as the best.</param>
    protected void Forget(double? best = null) => this.best.Forget(best);

    /// <summary>
    /// Determines whether lower or higher is better. For <c>"auto"</c> this asks the model's metrics, which exist once it has seen data.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The mode is <c>"auto"</c> and the name is neither the loss nor a compiled metric with a known direction.
    /// </exception>
    protected void SettleDirection() => best.ResolveDirection(this);

    /// <summary>
    /// Whether a value is better than a reference by more than <see cref="MinDelta"/>. Any value is better than null; no value is better
    /// than NaN.
    /// </summary>
    /// <param name="current">The new value.</param>
    /// <param name="reference">The value to improve on, or null.</param>
    protected bool IsImprovement(double current, double? reference)
    {
        SettleDirection();
        return best.IsImprovement(current, reference);
    }

    /// <summary>Sets the best value.</summary>
    /// <param name="current">The new value.</param>
    protected void SetBest(double current) => SetBest(best, current);

    /// <summary>Sets the best value of one of several monitored names.</summary>
    private protected void SetBest(BestSoFar watched, double current)
    {
        watched.Value = current;
        if (double.IsNaN(current))
        {
            Warn($"{Name}: the first `{watched.Monitor}` is NaN and is now the best value; nothing counts as an improvement on NaN.");
        }
    }

    /// <inheritdoc/>
    /// <returns>The best value.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set(BestKey, Best);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Forget(state.GetDoubleOrNull(BestKey));
    }
}
