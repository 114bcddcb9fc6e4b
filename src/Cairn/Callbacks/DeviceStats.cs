using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Adds memory use and speed to the logs: <c>resident_mb</c>, <c>gc_mb</c> and <c>samples_per_second</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, callbacks: [new DeviceStats(), new CSVLogger("log.csv")]);
/// </code>
/// </example>
/// <remarks>
/// <c>resident_mb</c> is the resident memory of the process, including tensors, and <c>gc_mb</c> the size of the .NET heap, both in units
/// of 2^20 bytes. <c>samples_per_second</c> measures training only, without validation. The values are visible to later callbacks and are
/// part of the history.
/// </remarks>
public sealed class DeviceStats : Callback
{
    private const double Megabyte = 1 << 20;

    private readonly TimeProvider clock;
    private long started;
    private long stepsBefore;
    private long batches;
    private double? trainingSeconds;
    private bool inFit;

    /// <summary>Creates the callback.</summary>
    /// <param name="updateFreq">
    /// <c>"epoch"</c> (default) adds the values to the logs of epochs; <c>"batch"</c>, or a number N, adds them also to the logs of every
    /// batch, or of every Nth batch.
    /// </param>
    public DeviceStats(UpdateFrequency updateFreq = default)
        : this(updateFreq, TimeProvider.System)
    {
    }

    internal DeviceStats(UpdateFrequency updateFreq, TimeProvider clock) => (UpdateFreq, this.clock) = (updateFreq, clock);

    /// <summary>How often the values are added to the logs of batches, in addition to those of epochs.</summary>
    public UpdateFrequency UpdateFreq { get; }

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => UpdateFreq.Batches is not null;

    internal override bool MayLog(string name) => name is "resident_mb" or "gc_mb" or "samples_per_second";

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (inFit, batches) = (true, 0);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => inFit = false;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => StartClock();

    /// <inheritdoc/>
    public override void OnTestBegin(Logs logs)
    {
        if (inFit)
        {
            trainingSeconds ??= Elapsed;
        }
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (++batches % UpdateFreq.Batches == 0)
        {
            AddTo(logs, Elapsed);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => AddTo(logs, trainingSeconds ?? Elapsed);

    /// <inheritdoc/>
    /// <returns>The number of batches seen.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("batches", batches);
        return state;
    }

    /// <summary>Restores the state. In a resumed epoch the speed is that of the remaining batches.</summary>
    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        batches = state.GetInt64("batches");
        StartClock();
    }

    private double Elapsed => clock.GetElapsedTime(started).TotalSeconds;

    private void StartClock() => (started, stepsBefore, trainingSeconds) = (clock.GetTimestamp(), Model.Optimizer?.Steps ?? 0, null);

    private void AddTo(Logs logs, double seconds)
    {
        logs["resident_mb"] = Environment.WorkingSet / Megabyte;

        // Just after a collection the runtime's running total may be far too small, even negative; HeapSizeBytes is exact.
        logs["gc_mb"] = Math.Max(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo().HeapSizeBytes) / Megabyte;
        if (Params.BatchSize is { } size && Model.Optimizer is { } optimizer && seconds > 0)
        {
            // The last batch of an epoch may be smaller, but the count never exceeds the number of samples in the data.
            long samples = Math.Min((optimizer.Steps - stepsBefore) * size, Params.Samples ?? long.MaxValue);
            logs["samples_per_second"] = samples / seconds;
        }
    }

    internal static DeviceStats FromConfig(ConfigReader config) => new(UpdateFrequency.FromConfig(config, "update_freq"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["update_freq"] = UpdateFreq.ToJson();
    }
}
