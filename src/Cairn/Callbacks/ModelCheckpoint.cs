using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Saves the model, or its weights, at the end of epochs or every few batches. Keras: <c>callbacks.ModelCheckpoint</c>.</summary>
/// <example>
/// <code>
/// var checkpoint = new ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.keras", saveBestOnly: true);
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [checkpoint]);
/// </code>
/// </example>
/// <remarks>
/// In the path, <c>{epoch}</c> and, when saving every few batches, <c>{batch}</c> count from 1; every name in the logs can be used.
/// Formats after a colon are those of Python. Missing folders are made.
/// A whole model's file, <c>.keras</c> or <c>.h5</c>, tells, where Keras does not look, the monitored name, the epoch (from 1) and, with
/// <c>saveBestOnly</c>, the best value.
/// Every file appears under its name whole or not at all; what can't be written leaves the file that was there. It carries a checksum (a
/// <c>.dat</c> file does not), and is refused where that does not match. <see cref="Model.LoadNewest"/> then takes the one before.
/// </remarks>
public sealed partial class ModelCheckpoint : MonitorCallback
{
    private readonly FilePathTemplate template;
    private readonly CheckpointWriter writer;
    private readonly CheckpointFiles files;
    private int currentEpoch;
    private int? lastBatch;
    private double? betterOnDisk;

    /// <summary>Creates the callback.</summary>
    /// <param name="filepath">
    /// Where to save, with fields in braces. Ends in <c>.keras</c> or <c>.h5</c>; with <paramref name="saveWeightsOnly"/> in
    /// <c>.weights.h5</c>, or in <c>.safetensors</c> or <c>.dat</c>, which hold no optimizer state.
    /// </param>
    /// <param name="monitor">The watched name. Default <c>val_loss</c>.</param>
    /// <param name="verbose">1 prints what is saved and why. Default 0.</param>
    /// <param name="saveBestOnly">Whether to save only when the monitored value is the best so far. Default false.</param>
    /// <param name="saveWeightsOnly">
    /// Whether to save the weights and the optimizer's state instead of the whole model. Default false.
    /// </param>
    /// <param name="mode">Which way is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="saveFreq"><c>"epoch"</c> (default), or a number of training batches, 1 or more, counted across epochs.</param>
    /// <param name="initialValueThreshold">
    /// With <paramref name="saveBestOnly"/>, the value the first file has to improve on; null (default) for none. <c>"auto"</c> takes
    /// the best value that an existing file at <paramref name="filepath"/> was saved for, so that a training that is started again does
    /// not replace a better model; that needs <paramref name="saveBestOnly"/> and the name, without fields, of a whole model's file.
    /// </param>
    /// <param name="asynchronous">
    /// Whether to copy the weights at the batch boundary and write them in the background, so that the training waits for the copy alone. One
    /// file at a time is under way, in order; a failure is thrown at the next hook or at the end; <c>Fit</c> returns when all is on the disk.
    /// Takes the memory of one copy. Default false.
    /// </param>
    /// <param name="keepLast">
    /// How many of the files this callback writes are kept, the newest; 1 or more; null (default) for all. Needs a path with fields.
    /// </param>
    /// <param name="keepBest">
    /// How many are kept, those with the best monitored values; 1 or more; null (default) for all. With <paramref name="keepLast"/> a file
    /// stays that is either. Needs a path with fields.
    /// </param>
    /// <param name="saveLast">
    /// Whether, each time a file is due, the model is also saved as <c>last</c> with the same ending in the same folder, also when it is not
    /// the best. Default false.
    /// </param>
    /// <param name="onError">What to do when a file can't be written: <c>"stop"</c> (default), <c>"warn"</c> or <c>"retry"</c>.</param>
    /// <exception cref="ArgumentException">
    /// The path has the wrong ending or a field that can never be filled, or another argument is not allowed.
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

    /// <summary>Where to save, as given.</summary>
    public string FilePath => template.Text;

    /// <summary>0 silent, 1 prints what is saved and why.</summary>
    public int Verbose { get; }

    /// <summary>Whether only the best so far is saved.</summary>
    public bool SaveBestOnly { get; }

    /// <summary>Whether weights are saved instead of the whole model.</summary>
    public bool SaveWeightsOnly { get; }

    /// <summary>How often to save.</summary>
    public SaveFrequency SaveFreq { get; }

    /// <summary>The value the first file has to improve on; null for none.</summary>
    public InitialThreshold? InitialValueThreshold { get; }

    /// <summary>Whether files are written in the background.</summary>
    public bool Asynchronous { get; }

    /// <summary>How many files are kept, the newest; null for all.</summary>
    public int? KeepLast { get; }

    /// <summary>How many files are kept, the best; null for all.</summary>
    public int? KeepBest { get; }

    /// <summary>Whether the model is also saved as <c>last</c>.</summary>
    public bool SaveLast { get; }

    /// <summary>What to do when a file can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    /// <summary>Training batches since the last time a file was due; counts only when <see cref="SaveFreq"/> is a number.</summary>
    public int BatchesSeenSinceLastSaving { get; private set; }

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => !SaveFreq.IsEpoch;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        // A run that goes on brings its best value with it; an existing file may be older than that, or newer.
        Forget(InitialValueThreshold is { IsAuto: true } && !Resuming ? BestOfExistingFile() : InitialValueThreshold?.Value);
        (BatchesSeenSinceLastSaving, lastBatch, betterOnDisk) = (0, null, null);
        files.Clear();
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
            TellWhatWasKept();
        }
        finally
        {
            writer.Settle();
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

        // Batches may come in groups, so count the distance; a number that does not grow begins a new epoch.
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
        SettleDirection();
        writer.Check();
        if (SaveFreq.IsEpoch)
        {
            Consider(epoch, null, logs);
        }
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        // A file that the state counts as written must be there after a restart.
        writer.Wait();
        SavedState state = base.SaveState()!;
        files.Save(state);
        state.Set("epoch", currentEpoch);
        state.Set("batches_seen", BatchesSeenSinceLastSaving);
        state.Set("last_batch", (double?)lastBatch);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        (currentEpoch, BatchesSeenSinceLastSaving) = (state.GetInt32("epoch"), state.GetInt32("batches_seen"));
        lastBatch = (int?)state.GetDoubleOrNull("last_batch");
        files.Load(state);
        ForgetWhatIsDamaged();
        betterOnDisk = SaveBestOnly && !SaveWeightsOnly && !template.HasFields
            ? ReadBest(template.Format(1, null, Logs.Empty), out _) : null;
    }

    /// <inheritdoc/>
    internal override void Settle() => writer.Settle();

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
