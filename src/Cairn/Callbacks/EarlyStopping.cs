using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Stops training when a monitored value, or each of several, has stopped improving. Keras: <c>callbacks.EarlyStopping</c>.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 100, validationSplit: 0.2, callbacks: [new EarlyStopping(patience: 3, restoreBestWeights: true)]);
/// </code>
/// </example>
/// <remarks>
/// Training never stops in the epoch with index 0. Values are compared in float32, as in Keras.
/// Cairn extends Keras: with <c>monitors: ["val_loss", "val_accuracy"]</c> the callback monitors several values, and an epoch counts as one
/// without improvement if none of them improved. The first value decides which epoch is the best, and so which weights are restored.
/// </remarks>
public sealed class EarlyStopping : MonitorCallback
{
    private readonly BestSoFar[] watched;
    private NDArray[]? bestWeights;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">Name of the value to monitor. Default <c>val_loss</c>.</param>
    /// <param name="minDelta">Minimum change that counts as an improvement; its sign is ignored. Default 0.</param>
    /// <param name="patience">Number of epochs without improvement after which training stops; 0 acts like 1. Default 0.</param>
    /// <param name="verbose">1 prints a message when training stops and when weights are restored. Default 0.</param>
    /// <param name="mode">Whether lower or higher is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="baseline">
    /// A value that <paramref name="monitor"/>, or the first of <paramref name="monitors"/>, must also beat for the patience counter to be
    /// reset; null (default) for none.
    /// </param>
    /// <param name="restoreBestWeights">
    /// Whether to restore the weights of the best epoch at the end of training, also if training was not stopped early, and whether or not
    /// that epoch beat the <paramref name="baseline"/>. Default false.
    /// </param>
    /// <param name="startFromEpoch">Index of the first epoch to monitor. Default 0.</param>
    /// <param name="monitors">
    /// Several values to monitor instead of <paramref name="monitor"/>; the first decides which epoch is the best. Names convert
    /// implicitly; a <see cref="MonitoredValue"/> can set its own mode and minimum change. Null (default) to monitor a single value.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="patience"/> or <paramref name="startFromEpoch"/> is negative, or <paramref name="minDelta"/> is NaN.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="monitor"/> is empty, <paramref name="monitors"/> is empty or names a value twice, or both are given.
    /// </exception>
    public EarlyStopping(
        string monitor = "val_loss",
        double minDelta = 0,
        int patience = 0,
        int verbose = 0,
        MonitorMode mode = default,
        double? baseline = null,
        bool restoreBestWeights = false,
        int startFromEpoch = 0,
        IReadOnlyList<MonitoredValue>? monitors = null)
        : base(First(monitor, monitors).Name, ModeOf(First(monitor, monitors), mode), First(monitor, monitors).MinDelta ?? minDelta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(startFromEpoch);
        Patience = patience;
        Verbose = verbose;
        Baseline = baseline;
        RestoreBestWeights = restoreBestWeights;
        StartFromEpoch = startFromEpoch;
        watched = [Watched, .. (monitors ?? []).Skip(1)
            .Select(one => new BestSoFar(one.Name, ModeOf(one, mode), one.MinDelta ?? minDelta))];
        Monitors = [.. watched.Select(one => new MonitoredValue(one.Monitor, one.Mode, one.MinDelta))];
    }

    /// <summary>All monitored values, with their modes and minimum changes; the first decides which epoch is the best.</summary>
    public IReadOnlyList<MonitoredValue> Monitors { get; }

    /// <summary>The best value of each of <see cref="Monitors"/> in the current training; null before the first one.</summary>
    public IReadOnlyList<double?> BestValues => [.. watched.Select(one => one.Value)];

    /// <summary>Number of epochs without improvement after which training stops.</summary>
    public int Patience { get; }

    /// <summary>0 = silent, 1 = prints a message when training stops and when weights are restored.</summary>
    public int Verbose { get; }

    /// <summary>A value that the first monitor must also beat for the patience counter to be reset.</summary>
    public double? Baseline { get; }

    /// <summary>Whether the weights of the best epoch are restored at the end of training.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>Index of the first epoch to monitor.</summary>
    public int StartFromEpoch { get; }

    /// <summary>Number of epochs without improvement so far.</summary>
    public int Wait { get; private set; }

    /// <summary>Index, from 0, of the epoch in which training stopped early; 0 if it did not. Messages count epochs from 1.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>Index, from 0, of the best epoch so far; 0 before the first. Messages count epochs from 1: they call index 2 epoch
    /// 3.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>
    /// The weights of the best epoch, in the order of <see cref="Layers.Layer.GetWeights"/>; null unless they will be restored.
    /// </summary>
    public IReadOnlyList<NDArray>? BestWeights => bestWeights;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        foreach (BestSoFar one in watched)
        {
            one.Forget(null);
        }

        (Wait, StoppedEpoch, BestEpoch, bestWeights) = (0, 0, 0, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        List<BestSoFar> there = [.. watched.Where(one => IsThere(one, logs))];
        if (there.Count == 0 || epoch < StartFromEpoch)
        {
            return;
        }

        Wait++;
        if (there.FindAll(one => one.IsImprovement(logs[one.Monitor], one.Value)) is { Count: > 0 } improved)
        {
            foreach (BestSoFar one in improved)
            {
                Take(one, logs[one.Monitor], epoch);
            }
        }
        else if (Wait >= Patience && epoch > 0)
        {
            StoppedEpoch = epoch;
            Model.StopTraining = true;
            string what = watched.Length == 1 ? $"{Monitor} did not improve" : $"none of {string.Join(", ", Monitors)} improved";
            Record(
                EventKind.TrainingStopped,
                $"early stopping: {what} for {Wait} epoch{(Wait == 1 ? "" : "s")}",
                Best,
                logs.TryGetValue(Monitor, out double current) ? current : null);
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
        SavedState state = base.SaveState()!;
        state.Set("wait", Wait);
        state.Set("stopped_epoch", StoppedEpoch);
        state.Set("best_epoch", BestEpoch);
        state.Set("best_weights", bestWeights);
        for (int index = 1; index < watched.Length; index++)
        {
            state.Set(BestOf(index), watched[index].Value);
        }

        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        (Wait, StoppedEpoch, BestEpoch) = (state.GetInt32("wait"), state.GetInt32("stopped_epoch"), state.GetInt32("best_epoch"));
        bestWeights = state.GetArraysOrNull("best_weights")?.ToArray();
        for (int index = 1; index < watched.Length; index++)
        {
            watched[index].Forget(state.GetDoubleOrNull(BestOf(index)));
        }
    }

    private protected override IReadOnlyList<BestSoFar> AllWatched => watched;

    private static string BestOf(int monitor) => $"best/{monitor}";

    private static MonitoredValue First(string monitor, IReadOnlyList<MonitoredValue>? monitors)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        if (monitors is null)
        {
            return monitor;
        }

        string? problem = monitors.Count == 0 ? "is empty; pass at least one name, such as [\"val_loss\"]"
            : monitors.Any(one => one.Name is null) ? "has an entry without a name"
            : monitors.GroupBy(one => one.Name).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"names '{twice.Key}' twice"
            : monitor != "val_loss" && monitor != monitors[0].Name ? $"and monitor ('{monitor}') are both set; pass all names in monitors"
            : null;
        return problem is null ? monitors[0] : throw new ArgumentException($"monitors {problem}.", nameof(monitors));
    }

    private static MonitorMode ModeOf(MonitoredValue one, MonitorMode otherwise) => one.Mode == MonitorMode.Auto ? otherwise : one.Mode;

    private bool IsThere(BestSoFar one, Logs logs)
    {
        one.ResolveDirection(this);
        if (logs.ContainsKey(one.Monitor))
        {
            return true;
        }

        WarnOfMissing(
            one,
            $"Early stopping conditioned on metric `{one.Monitor}` which is not available. "
            + $"Available metrics are: {string.Join(",", logs.Keys)}");
        return false;
    }

    private void Take(BestSoFar improved, double current, int epoch)
    {
        SetBest(improved, current);
        bool decides = ReferenceEquals(improved, Watched);
        if (decides)
        {
            BestEpoch = epoch;
            if (RestoreBestWeights)
            {
                bestWeights = Model.GetWeights();
            }
        }

        // With a baseline, an improvement alone is not enough: the patience counter is reset only if the baseline is beaten too.
        if (!decides || Baseline is null || improved.IsImprovement(current, Baseline))
        {
            Wait = 0;
        }
    }

    internal static EarlyStopping FromConfig(ConfigReader config) => new(
        config.OptionalString("monitor") ?? "val_loss",
        config.Double("min_delta", 0),
        config.Int("patience", 0),
        config.Int("verbose", 0),
        config.OptionalString("mode") ?? "auto",
        config.OptionalDouble("baseline"),
        config.Bool("restore_best_weights", false),
        config.Int("start_from_epoch", 0),
        MonitoredValue.ListFromConfig(config, "monitors"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["monitor"] = Monitor;
        config["min_delta"] = JsonNumber.Of(MinDelta);
        config["patience"] = Patience;
        config["verbose"] = Verbose;
        config["mode"] = (Monitors.Count == 1 ? Mode : MonitorMode.Auto).ToString();
        config["baseline"] = JsonNumber.Of(Baseline);
        config["restore_best_weights"] = RestoreBestWeights;
        config["start_from_epoch"] = StartFromEpoch;
        config["monitors"] = Monitors.Count == 1 ? null : new JsonArray([.. Monitors.Select(one => one.ToJson())]);
    }
}
