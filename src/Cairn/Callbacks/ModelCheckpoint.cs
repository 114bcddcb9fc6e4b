using Cairn.Saving;
using Cairn.Training;

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
/// A whole model's <c>.h5</c> file tells, in attributes that Keras does not look at, the monitored name, the epoch (from 1) and, with
/// <c>saveBestOnly</c>, the best value.
/// </remarks>
public sealed class ModelCheckpoint : MonitorCallback
{
    private readonly FilePathTemplate template;
    private int currentEpoch;
    private int? lastBatch;

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
    /// not replace a better model; that needs <paramref name="saveBestOnly"/> and an <c>.h5</c> file's name without fields.
    /// </param>
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
        InitialThreshold? initialValueThreshold = null)
        : base(monitor, mode)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        CheckpointPath.CheckEnding(filepath, saveWeightsOnly);
        try
        {
            template = new FilePathTemplate(filepath);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"filepath \"{filepath}\": {e.Message}", nameof(filepath), e);
        }

        if (initialValueThreshold is { IsAuto: true })
        {
            CheckCanBeTaken(saveBestOnly, saveWeightsOnly);
        }

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

    /// <summary>Training batches since the last time a file was due; counts only when <see cref="SaveFreq"/> is a number.</summary>
    public int BatchesSeenSinceLastSaving { get; private set; }

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => !SaveFreq.IsEpoch;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        // A run that goes on brings its best value with it; an existing file may be older than that, or newer.
        Forget(InitialValueThreshold is { IsAuto: true } && !Resuming ? BestOfExistingFile() : InitialValueThreshold?.Value);
        (BatchesSeenSinceLastSaving, lastBatch) = (0, null);
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
        if (SaveFreq.IsEpoch)
        {
            Consider(epoch, null, logs);
        }
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        var state = base.SaveState()!;
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
    }

    private void Consider(int epoch, int? batch, Logs logs)
    {
        var path = template.Format(epoch + 1, batch + 1, logs);
        var head = $"\nEpoch {epoch + 1}: ";
        if (!SaveBestOnly)
        {
            Say($"{head}saving model to {path}");
            Save(epoch, path, null, logs.TryGetValue(Monitor, out var value) ? value : null);
        }
        else if (!logs.TryGetValue(Monitor, out var current))
        {
            Warn($"Can save best model only with {Monitor} available.");
            Save(epoch, path, Best, null);
        }
        else
        {
            var best = Best;
            var shown = best is { } number ? PythonNumber.Fixed(number, 5) : "None";
            if (!IsImprovement(current, best))
            {
                Say($"{head}{Monitor} did not improve from {shown}");
                return;
            }

            Say($"{head}{Monitor} improved from {shown} to {PythonNumber.Fixed(current, 5)}, saving model to {path}");
            SetBest(current);
            Save(epoch, path, best, current);
        }
    }

    private void Save(int epoch, string path, double? before, double? now)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"ModelCheckpoint cannot write to \"{path}\": it is a folder. Give the path of a file.");
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        if (SaveWeightsOnly)
        {
            Model.SaveWeights(path);
        }
        else
        {
            Model.Save(path, new CheckpointRemarks(Monitor, SaveBestOnly ? now : null, epoch + 1).ToAttributes());
        }

        Say($"\nEpoch {epoch + 1}: finished saving model to {path}");
        var why = SaveBestOnly ? $" ({Monitor} is {(now is { } value ? PythonNumber.Fixed(value, 5) : "not available")})" : "";
        Record(EventKind.ModelSaved, $"{(SaveWeightsOnly ? "weights" : "model")} saved to {path}{why}", before, now, path);
    }

    private void CheckCanBeTaken(bool saveBestOnly, bool saveWeightsOnly)
    {
        var why = !saveBestOnly ? "only matters with saveBestOnly: true"
            : template.HasFields ? "needs a filepath without fields, to know which file to look into"
            : saveWeightsOnly ? "needs the file of a whole model, which tells the value it was saved for"
            : null;
        if (why is not null)
        {
            throw new ArgumentException($"initialValueThreshold: \"auto\" {why}; filepath is \"{FilePath}\".", "initialValueThreshold");
        }
    }

    private double? BestOfExistingFile()
    {
        var path = template.Format(1, null, Logs.Empty);
        if (!File.Exists(path))
        {
            return null;
        }

        string why;
        try
        {
            var remarks = CheckpointRemarks.Read(path);
            if (remarks.Monitor == Monitor && remarks.Best is { } best && !double.IsNaN(best))
            {
                Say($"{path} holds a model with {Monitor} {PythonNumber.Fixed(best, 5)}, on which the next one has to improve");
                Record(EventKind.BestTaken, $"{Monitor} has to improve on {PythonNumber.Fixed(best, 5)} of {path}", newValue: best, path: path);
                return best;
            }

            why = remarks.Monitor is { } other && other != Monitor ? $"it was saved for `{other}`" : "it does not tell one";
        }
        catch (ModelFormatException e)
        {
            why = e.Message;
        }

        Warn($"{Name}: no best `{Monitor}` can be taken from the existing file {path}, which will be replaced: {why}");
        return null;
    }

    private void Say(string message)
    {
        if (Verbose > 0)
        {
            Print(message);
        }
    }
}
