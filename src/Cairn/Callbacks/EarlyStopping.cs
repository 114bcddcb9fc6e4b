using Cairn.Training;

namespace Cairn.Callbacks;

/// <summary>Stops training when a monitored value has stopped improving. Keras: <c>callbacks.EarlyStopping</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 100, validationSplit: 0.2, callbacks: [new EarlyStopping(patience: 3, restoreBestWeights: true)]);
/// </code>
/// </example>
/// <remarks>It never stops in the epoch with index 0. The comparison is made in float32, as in Keras.</remarks>
public sealed class EarlyStopping : MonitorCallback
{
    private NDArray[]? bestWeights;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The watched name. Default <c>val_loss</c>.</param>
    /// <param name="minDelta">How much better counts as better; its sign is ignored. Default 0.</param>
    /// <param name="patience">Epochs without improvement after which training stops; 0 acts like 1. Default 0.</param>
    /// <param name="verbose">1 prints when it stops and when it restores. Default 0.</param>
    /// <param name="mode">Which way is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="baseline">A value that must be beaten as well before patience starts anew; null (default) for none.</param>
    /// <param name="restoreBestWeights">
    /// Whether the weights of the best epoch are put back at the end of training, also when it was not stopped early
    /// and whether or not that epoch beat the <paramref name="baseline"/>. Default false.
    /// </param>
    /// <param name="startFromEpoch">Index of the first epoch that is looked at. Default 0.</param>
    /// <exception cref="ArgumentException"><paramref name="monitor"/> is empty.</exception>
    public EarlyStopping(
        string monitor = "val_loss",
        double minDelta = 0,
        int patience = 0,
        int verbose = 0,
        MonitorMode mode = default,
        double? baseline = null,
        bool restoreBestWeights = false,
        int startFromEpoch = 0)
        : base(monitor, mode, minDelta)
    {
        Patience = patience;
        Verbose = verbose;
        Baseline = baseline;
        RestoreBestWeights = restoreBestWeights;
        StartFromEpoch = startFromEpoch;
    }

    /// <summary>Epochs without improvement after which training stops.</summary>
    public int Patience { get; }

    /// <summary>0 silent, 1 prints when it stops and when it restores.</summary>
    public int Verbose { get; }

    /// <summary>A value that must be beaten as well before patience starts anew.</summary>
    public double? Baseline { get; }

    /// <summary>Whether the weights of the best epoch are put back at the end of training.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>Index of the first epoch that is looked at.</summary>
    public int StartFromEpoch { get; }

    /// <summary>Epochs without improvement so far.</summary>
    public int Wait { get; private set; }

    /// <summary>Index of the epoch in which training was stopped; 0 if it was not.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>Index of the best epoch so far; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>
    /// The weights of the best epoch, in the order of <see cref="Model.GetWeights"/>; null unless they are to be restored.
    /// </summary>
    public IReadOnlyList<NDArray>? BestWeights => bestWeights;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        Forget();
        (Wait, StoppedEpoch, BestEpoch, bestWeights) = (0, 0, 0, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        SettleDirection();
        if (!logs.TryGetValue(Monitor, out var current))
        {
            Warn(
                $"Early stopping conditioned on metric `{Monitor}` which is not available. "
                + $"Available metrics are: {string.Join(",", logs.Keys)}");
            return;
        }

        if (epoch < StartFromEpoch)
        {
            return;
        }

        Wait++;
        if (IsImprovement(current, Best))
        {
            SetBest(current);
            BestEpoch = epoch;
            if (RestoreBestWeights)
            {
                bestWeights = Model.GetWeights();
            }

            // Better than before is not enough where a baseline is set: patience starts anew only when that is beaten too.
            if (Baseline is null || IsImprovement(current, Baseline))
            {
                Wait = 0;
            }
        }
        else if (Wait >= Patience && epoch > 0)
        {
            StoppedEpoch = epoch;
            Model.StopTraining = true;
            Record(EventKind.TrainingStopped, $"early stopping: {Monitor} did not improve for {Wait} epoch{(Wait == 1 ? "" : "s")}", Best, current);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (StoppedEpoch > 0 && Verbose > 0)
        {
            Print($"Epoch {StoppedEpoch + 1}: early stopping");
        }

        if (RestoreBestWeights && bestWeights is not null)
        {
            if (Verbose > 0)
            {
                Print($"Restoring model weights from the end of the best epoch: {BestEpoch + 1}.");
            }

            Model.SetWeights(bestWeights);
            Record(EventKind.WeightsRestored, $"weights restored from the end of epoch {BestEpoch + 1}", newValue: Best);
        }
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        var state = base.SaveState()!;
        state.Set("wait", Wait);
        state.Set("stopped_epoch", StoppedEpoch);
        state.Set("best_epoch", BestEpoch);
        state.Set("best_weights", bestWeights);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        (Wait, StoppedEpoch, BestEpoch) = (state.GetInt32("wait"), state.GetInt32("stopped_epoch"), state.GetInt32("best_epoch"));
        bestWeights = state.GetArraysOrNull("best_weights")?.ToArray();
    }
}
