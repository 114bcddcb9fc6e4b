using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Saves the model, or its weights, at the end of each epoch or every N batches. Keras: <c>callbacks.ModelCheckpoint</c>.
/// </summary>
/// <example>
/// <code>
/// var checkpoint = new ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.keras", saveBestOnly: true);
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [checkpoint]);
/// </code>
/// </example>
/// <remarks>
/// In the path, <c>{epoch}</c> and, when saving every N batches, <c>{batch}</c> count from 1; every name in the logs can be used as a
/// field. Format specifiers after a colon are those of Python. Missing directories are created.
/// A whole-model file, <c>.keras</c> or <c>.h5</c>, also stores the monitored name, the epoch (from 1) and, with <c>saveBestOnly</c>, the
/// best value, in a place that Keras ignores. Files are written atomically: if a save fails, the previous file stays intact. Each file
/// except <c>.dat</c> carries a checksum, and is rejected if it does not match. <see cref="Model.LoadNewest"/> then loads the previous
/// file.
/// </remarks>
public sealed partial class ModelCheckpoint : MonitorCallback
{
    private readonly FilePathTemplate template;
    private readonly CheckpointWriter writer;
    private readonly CheckpointFiles files;
    private int currentEpoch;
    private int? lastBatch;

    /// <summary>Creates the callback.</summary>
    /// <param name="filepath">
    /// The path to save to, with fields in braces. It must end in <c>.keras</c> or <c>.h5</c>; with <paramref name="saveWeightsOnly"/> in
    /// <c>.weights.h5</c>, or in <c>.safetensors</c> or <c>.dat</c>, which do not store the optimizer state.
    /// </param>
    /// <param name="monitor">Name of the value to monitor. Default <c>val_loss</c>.</param>
    /// <param name="verbose">1 prints a message for each save. Default 0.</param>
    /// <param name="saveBestOnly">Whether to save only when the monitored value is the best so far. Default false.</param>
    /// <param name="saveWeightsOnly">
    /// Whether to save only the weights and the optimizer state instead of the whole model. Default false.
    /// </param>
    /// <param name="mode">Whether lower or higher is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="saveFreq">
    /// <c>"epoch"</c> (default), or a number of training batches (1 or more), counted across epochs.
    /// </param>
    /// <param name="initialValueThreshold">
    /// With <paramref name="saveBestOnly"/>, the value that the first file must improve on; null (default) for none. <c>"auto"</c> reads
    /// the best value stored in an existing file at <paramref name="filepath"/>, so that a restarted training does not overwrite a better
    /// model. It requires <paramref name="saveBestOnly"/> and the path of a whole-model file without fields.
    /// </param>
    /// <param name="asynchronous">
    /// Whether to copy the weights between batches and write them in the background, so that training waits only for the copy. Files are
    /// written one at a time, in order. A failure is thrown at the next hook or at the end; <c>Fit</c> returns when all files are on disk.
    /// Needs memory for one copy. Default false.
    /// </param>
    /// <param name="keepLast">
    /// Number of most recent files to keep, 1 or more; null (default) to keep all. Requires a path with fields.
    /// </param>
    /// <param name="keepBest">
    /// Number of files with the best monitored values to keep, 1 or more; null (default) to keep all. If <paramref name="keepLast"/> is set
    /// too, a file is kept if either applies. Requires a path with fields.
    /// </param>
    /// <param name="saveLast">
    /// Whether each save also writes the model as <c>last</c>, with the same extension in the same directory, even if it is not the best.
    /// Default false.
    /// </param>
    /// <param name="onError">What to do when a file can't be written: <c>"stop"</c> (default), <c>"warn"</c> or <c>"retry"</c>.</param>
    /// <exception cref="ArgumentException">
    /// The path has an unsupported extension or an invalid field, or another argument is not allowed.
    /// </exception>
    public ModelCheckpoint(
        string filepath,
        string monitor = "val_loss",
        int verbose = 0,
        bool saveBestOnly = false,
        bool saveWeightsOnly = false,
        MonitorMode mode = default,
        SaveFrequency saveFreq = default,
        InitialThreshold? initialValueThreshold = null,
        bool asynchronous = false,
        int? keepLast = null,
        int? keepBest = null,
        bool saveLast = false,
        SaveErrorPolicy onError = default)
        : base(monitor, mode)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        CheckpointPath.CheckEnding(filepath, saveWeightsOnly);
        template = FilePathTemplate.Of(filepath, nameof(filepath));
        if (initialValueThreshold is { IsAuto: true })
        {
            CheckCanBeTaken(saveBestOnly, saveWeightsOnly);
        }

        CheckCount(keepLast, nameof(keepLast));
        CheckCount(keepBest, nameof(keepBest));
        (Asynchronous, KeepLast, KeepBest, SaveLast, OnError) = (asynchronous, keepLast, keepBest, saveLast, onError);
        writer = new CheckpointWriter(asynchronous, onError);
        files = new CheckpointFiles(keepLast, keepBest, (one, other) => IsImprovement(one, other));
        Verbose = verbose;
        SaveBestOnly = saveBestOnly;
        SaveWeightsOnly = saveWeightsOnly;
        SaveFreq = saveFreq;
        InitialValueThreshold = initialValueThreshold;
        Forget(initialValueThreshold?.Value);
    }

    /// <summary>The path to save to, as given.</summary>
    public string FilePath => template.Text;

    /// <summary>0 = silent, 1 = prints a message for each save.</summary>
    public int Verbose { get; }

    /// <summary>Whether only the best model so far is saved.</summary>
    public bool SaveBestOnly { get; }

    /// <summary>Whether only weights are saved instead of the whole model.</summary>
    public bool SaveWeightsOnly { get; }

    /// <summary>How often to save.</summary>
    public SaveFrequency SaveFreq { get; }

    /// <summary>The value that the first file must improve on; null for none.</summary>
    public InitialThreshold? InitialValueThreshold { get; }

    /// <summary>Whether files are written in the background.</summary>
    public bool Asynchronous { get; }

    /// <summary>Number of most recent files to keep; null for all.</summary>
    public int? KeepLast { get; }

    /// <summary>Number of best files to keep; null for all.</summary>
    public int? KeepBest { get; }

    /// <summary>Whether each save also writes the model as <c>last</c>.</summary>
    public bool SaveLast { get; }

    /// <summary>What to do when a file can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    /// <summary>Number of training batches since the last save was due; only counted if <see cref="SaveFreq"/> is a number.</summary>
    public int BatchesSeenSinceLastSaving { get; private set; }

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => !SaveFreq.IsEpoch;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        start = Environment.CurrentDirectory;

        // A resumed run restores its best value; an existing file may be older or newer than that.
        Forget(InitialValueThreshold is { IsAuto: true } && !Resuming ? BestOfExistingFile() : InitialValueThreshold?.Value);
        (BatchesSeenSinceLastSaving, lastBatch) = (0, null);
        ForgetFile();
        files.Clear();
        CheckFields();
        RemoveHalfWritten();
        writer.Prepare(ReadAll);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A file could not be written in the background.</exception>
    /// <exception cref="UnauthorizedAccessException">A file could not be written in the background.</exception>
    public override void OnTrainEnd(Logs logs)
    {
        try
        {
            writer.Wait();
            ReportKept();
        }
        finally
        {
            writer.Close();
        }
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => currentEpoch = epoch;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (SaveFreq.Batches is not { } every)
        {
            return;
        }

        writer.Check();

        // Batches may be grouped by steps per execution, so count the difference; an index that does not increase begins a new epoch.
        BatchesSeenSinceLastSaving += lastBatch is { } last && batch > last ? batch - last : batch + 1;
        lastBatch = batch;
        if (BatchesSeenSinceLastSaving >= every)
        {
            BatchesSeenSinceLastSaving = 0;
            Consider(currentEpoch, batch, logs);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ResolveDirection();
        writer.Check();
        if (SaveFreq.IsEpoch)
        {
            Consider(epoch, null, logs);
        }
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        // A file that the state counts as written must exist after a restart.
        writer.Wait();
        SavedState state = base.SaveState()!;
        files.Save(state);
        state.Set("epoch", currentEpoch);
        state.Set("batches_seen", BatchesSeenSinceLastSaving);
        state.Set("last_batch", (double?)lastBatch);
        SaveFile(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        (currentEpoch, BatchesSeenSinceLastSaving) = (state.GetInt32("epoch"), state.GetInt32("batches_seen"));
        lastBatch = (int?)state.GetDoubleOrNull("last_batch");
        files.Load(state);
        if (HadEnded)
        {
            return;
        }

        LoadFile(state);
    }

    /// <inheritdoc/>
    internal override void WaitForWrites() => writer.Close();

    internal static ModelCheckpoint FromConfig(ConfigReader config) => new(
        config.String("filepath"),
        config.OptionalString("monitor") ?? "val_loss",
        config.Int("verbose", 0),
        config.Bool("save_best_only", false),
        config.Bool("save_weights_only", false),
        config.OptionalString("mode") ?? "auto",
        SaveFrequency.FromConfig(config, "save_freq"),
        InitialThreshold.FromConfig(config, "initial_value_threshold"),
        config.Bool("asynchronous", false),
        config.OptionalInt("keep_last"),
        config.OptionalInt("keep_best"),
        config.Bool("save_last", false),
        config.OptionalString("on_error") ?? "stop");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filepath"] = FilePath;
        config["monitor"] = Monitor;
        config["verbose"] = Verbose;
        config["save_best_only"] = SaveBestOnly;
        config["save_weights_only"] = SaveWeightsOnly;
        config["mode"] = Mode.ToString();
        config["save_freq"] = SaveFreq.ToJson();
        config["initial_value_threshold"] = InitialValueThreshold?.ToJson();
        config["asynchronous"] = Asynchronous;
        config["keep_last"] = KeepLast;
        config["keep_best"] = KeepBest;
        config["save_last"] = SaveLast;
        config["on_error"] = OnError.ToString();
    }
}
