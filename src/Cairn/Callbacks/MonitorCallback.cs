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
        NotNaN(minDelta, nameof(minDelta));
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

    /// <summary>All monitored values.</summary>
    private protected virtual IReadOnlyList<BestSoFar> AllWatched => [best];

    /// <summary>Whether the callback is useless without the monitored values.</summary>
    private protected virtual bool NeedsMonitor => true;

    /// <summary>Whether the values are read at the end of batches, where validation values are not available.</summary>
    private protected virtual bool WatchesBatches => false;

    /// <summary>Checks, before a run begins, that the monitored names will be in its logs.</summary>
    /// <exception cref="ArgumentException">A name is unknown, and nothing determines whether lower or higher is better.</exception>
    internal void CheckNames()
    {
        foreach (BestSoFar one in AllWatched)
        {
            one.WhyMissing = null;
            if (Params.LoggedNames is not { } logged || Context is not { } context)
            {
                continue;
            }

            IReadOnlyList<string> available = Available(logged);
            if (available.Contains(one.Monitor))
            {
                continue;
            }

            string why = WhyMissing(one.Monitor, available);
            bool isLoggedLater = logged.Contains(one.Monitor);
            if (!isLoggedLater && one.HasNoDirection(Model))
            {
                throw new ArgumentException(
                    $"{Name} monitors '{one.Monitor}': {why} To monitor a value that your own code adds, pass mode: \"min\" or \"max\".",
                    "monitor");
            }

            one.WhyMissing = NeedsMonitor && (isLoggedLater || !context.MayBeLogged(one.Monitor)) ? why : null;
        }
    }

    /// <summary>
    /// Warns about monitored names that will not be in the logs; all callbacks have begun, so loggers record the warning.
    /// </summary>
    internal void WarnOfMissingNames()
    {
        foreach (BestSoFar one in AllWatched.Where(one => one.WhyMissing is not null))
        {
            Warn($"{Name} monitors '{one.Monitor}', which will not be logged: {one.WhyMissing}");
        }
    }

    /// <summary>Of the names that the run logs, those that are in the logs when the callback reads them.</summary>
    private protected IReadOnlyList<string> Available(IReadOnlyList<string> logged) =>
        WatchesBatches ? [.. logged.Where(name => BestSoFar.Bare(name) == name)] : logged;

    /// <summary>
    /// Warns that a monitored value is missing in the logs, unless this was reported before or the value is logged after a later epoch.
    /// </summary>
    private protected void WarnOfMissing(BestSoFar watched, string message)
    {
        if (watched.WhyMissing is null && !ComesLater(watched.Monitor))
        {
            Warn(message);
        }
    }

    /// <summary>Whether a missing name is logged after a later epoch, because validation does not run after every epoch.</summary>
    private protected bool ComesLater(string name) => !WatchesBatches && Params.LoggedNames?.Contains(name) == true;

    private string WhyMissing(string name, IReadOnlyList<string> logged)
    {
        string all =
            $"Logged {(WatchesBatches ? "with batches" : "in this run")}: {string.Join(", ", logged.Order(StringComparer.Ordinal).Select(n => $"'{n}'"))}.";
        if (BestSoFar.Bare(name) is var bare && bare != name && logged.Contains(bare))
        {
            string why = WatchesBatches ? "is logged at the end of epochs, not of batches"
                : "needs validation, and this run has none: pass validationData or validationSplit to Fit";
            return $"'{name}' {why}. {all}";
        }

        string? beginning = logged.FirstOrDefault(one => one.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        string nearest = (beginning ?? NearestName.Find(name, logged)) is { } found ? $"; did you mean '{found}'?" : ".";
        return $"there is no '{name}'{nearest} {all}";
    }

    /// <summary>Resets the state of the previous training.</summary>
    /// <param name="best">The value to improve on; if null, the first value counts as the best.</param>
    protected void Forget(double? best = null) => this.best.Forget(best);

    /// <summary>
    /// Determines whether lower or higher is better. For <c>"auto"</c> this asks the model's metrics, which exist once it has seen data.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The mode is <c>"auto"</c> and the name is neither the loss nor a compiled metric with a known direction.
    /// </exception>
    protected void ResolveDirection() => best.ResolveDirection(this);

    /// <summary>
    /// Whether a value is better than a reference by more than <see cref="MinDelta"/>. Any value is better than null; any finite value
    /// is better than NaN.
    /// </summary>
    /// <param name="current">The new value.</param>
    /// <param name="reference">The value to improve on, or null.</param>
    protected bool IsImprovement(double current, double? reference)
    {
        ResolveDirection();
        return best.IsImprovement(current, reference);
    }

    /// <summary>Sets the best value.</summary>
    /// <param name="current">The new value.</param>
    protected void SetBest(double current) => SetBest(best, current);

    /// <summary>Rejects NaN, for which every comparison is false.</summary>
    private protected static void NotNaN(double? value, string argument)
    {
        if (value is double.NaN)
        {
            throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be a number; it is NaN.");
        }
    }

    /// <summary>Sets the best value of one of several monitored names.</summary>
    private protected void SetBest(BestSoFar watched, double current)
    {
        watched.Value = current;
        if (double.IsNaN(current))
        {
            Warn($"{Name}: the first `{watched.Monitor}` is NaN; the first finite value will replace it as the best.");
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
