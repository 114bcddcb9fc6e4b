namespace Cairn.Callbacks;

/// <summary>
/// Base of the callbacks that watch one value of the logs: what to watch, which way is better, and what counts as better.
/// Keras: <c>callbacks.MonitorCallback</c>.
/// </summary>
public abstract class MonitorCallback : Callback
{
    private const string BestKey = "best";
    private readonly BestSoFar best;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The watched name, such as <c>val_loss</c>.</param>
    /// <param name="mode"><c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="minDelta">How much better is better, in the unit of the value; its sign is ignored. Default 0.</param>
    /// <exception cref="ArgumentException"><paramref name="monitor"/> is empty.</exception>
    protected MonitorCallback(string monitor, MonitorMode mode, double minDelta = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        best = new BestSoFar(monitor, mode, minDelta);
    }

    /// <summary>The watched name.</summary>
    public string Monitor => best.Monitor;

    /// <summary>Which way is better.</summary>
    public MonitorMode Mode => best.Mode;

    /// <summary>How much better is better; 0 or more.</summary>
    public double MinDelta => best.MinDelta;

    /// <summary>The best value of this training; null before the first.</summary>
    public double? Best => best.Value;

    /// <summary>What <see cref="Best"/> is kept in.</summary>
    private protected BestSoFar Watched => best;

    /// <summary>Forgets the last training.</summary>
    /// <param name="best">The value to improve on; null takes the first one that comes.</param>
    protected void Forget(double? best = null) => this.best.Forget(best);

    /// <summary>Settles which way is better. For <c>"auto"</c> this asks the model's metrics, which exist once it has seen data.</summary>
    /// <exception cref="ArgumentException">
    /// The mode is <c>"auto"</c> and the name is neither the loss nor a compiled metric that knows its direction.
    /// </exception>
    protected void SettleDirection() => best.SettleDirection(this);

    /// <summary>
    /// Whether a value is better than another by more than <see cref="MinDelta"/>. Anything is better than nothing; nothing is better
    /// than NaN.
    /// </summary>
    /// <param name="current">The new value.</param>
    /// <param name="reference">The value to beat, or null.</param>
    protected bool IsImprovement(double current, double? reference)
    {
        SettleDirection();
        return best.IsImprovement(current, reference);
    }

    /// <summary>Makes a value the best one.</summary>
    /// <param name="current">The new value.</param>
    protected void SetBest(double current) => SetBest(best, current);

    /// <summary>Makes a value the best one of those of its name.</summary>
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
