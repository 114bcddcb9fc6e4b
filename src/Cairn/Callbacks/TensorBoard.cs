using Cairn.EventFiles;

namespace Cairn.Callbacks;

/// <summary>Writes logs of a training for TensorBoard. Keras: <c>callbacks.TensorBoard</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [new TensorBoard("logs/first", histogramFreq: 1)]);
/// // then, in a shell: tensorboard --logdir logs
/// </code>
/// </example>
/// <remarks>
/// <para>
/// The event files are in <c>logDir/train</c> and <c>logDir/validation</c>, two runs in TensorBoard, with Keras' tags:
/// <c>epoch_loss</c>, <c>epoch_accuracy</c>, … of both and <c>epoch_learning_rate</c>, by index of the epoch; <c>batch_loss</c>, … by
/// number of the batch in this training, from 1; <c>evaluation_loss_vs_iterations</c>, … of every evaluation, by the optimizer's
/// iterations.
/// </para>
/// <para>
/// In addition to Keras, the model's summary is written to the text dashboard (<c>model_summary</c>), and <c>logDir</c> itself contains the
/// hyperparameters for the HParams dashboard: the optimizer's settings, the loss, seed, steps and epochs, and those passed as an argument.
/// Records are appended to the files, handed to the operating system at the end of every epoch, and flushed to the disk with each backup
/// and at the end of training. A later training with the same directory starts new files in it; a resumed run continues its files.
/// </para>
/// </remarks>
public sealed partial class TensorBoard : Callback
{
    private readonly TimeProvider clock;
    private readonly Dictionary<string, object> hyperParameters;
    private readonly TolerantWriting writing;
    private EventFolder? files;
    private bool inFit;
    private long globalBatch;
    private long batchStart;
    private long epochStart;
    private long iterationsBefore;

    /// <summary>Creates the callback.</summary>
    /// <param name="logDir">The log directory; it should not be shared with other runs. Default <c>logs</c>.</param>
    /// <param name="histogramFreq">Interval, in epochs, at which to write histograms of all weights; 0 (default) for never.</param>
    /// <param name="writeGraph">Whether to write the model's configuration for the graph dashboard, and its summary. Default true.</param>
    /// <param name="writeImages">Whether to also write the weights as images, whenever histograms are written. Default false.</param>
    /// <param name="writeStepsPerSecond">Whether to write the number of steps per second of each epoch or batch. Default false.</param>
    /// <param name="updateFreq">
    /// <c>"epoch"</c> (default) writes loss and metrics after each epoch only; <c>"batch"</c>, or a number N, also after every batch, or
    /// every Nth batch, which requires computing their values.
    /// </param>
    /// <param name="profileBatch">Must be 0 (default): profiling is not supported.</param>
    /// <param name="embeddingsFreq">
    /// Interval, in epochs, at which to write the <see cref="Layers.Embedding"/> layers for the projector; 0 (default) for never.
    /// </param>
    /// <param name="embeddingsMetadata">Files with labels for the rows of embeddings; null (default) for none.</param>
    /// <param name="hyperParameters">
    /// Strings, booleans and numbers to write in addition to the settings of the training; null (default) for none.
    /// </param>
    /// <param name="onError">
    /// What to do when a file can't be written: <c>"stop"</c> (default), <c>"retry"</c>, or <c>"warn"</c>: the events are kept and written
    /// later.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="logDir"/> is empty, <paramref name="profileBatch"/> is not 0, or a hyperparameter has another type.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A frequency is negative.</exception>
    public TensorBoard(
        string logDir = "logs",
        int histogramFreq = 0,
        bool writeGraph = true,
        bool writeImages = false,
        bool writeStepsPerSecond = false,
        UpdateFrequency updateFreq = default,
        int profileBatch = 0,
        int embeddingsFreq = 0,
        EmbeddingsMetadata? embeddingsMetadata = null,
        IReadOnlyDictionary<string, object>? hyperParameters = null,
        SaveErrorPolicy onError = default)
        : this(TimeProvider.System, logDir, histogramFreq, writeGraph, writeImages, writeStepsPerSecond, updateFreq, embeddingsFreq,
        embeddingsMetadata, hyperParameters, onError)
    {
        if (profileBatch != 0)
        {
            throw new ArgumentException(
                $"Profiling is not supported: profileBatch must be 0; it is {profileBatch}. To log training speed, set "
                    + "writeStepsPerSecond: true.", nameof(profileBatch));
        }
    }

    internal TensorBoard(
        TimeProvider clock,
        string logDir,
        int histogramFreq = 0,
        bool writeGraph = true,
        bool writeImages = false,
        bool writeStepsPerSecond = false,
        UpdateFrequency updateFreq = default,
        int embeddingsFreq = 0,
        EmbeddingsMetadata? embeddingsMetadata = null,
        IReadOnlyDictionary<string, object>? hyperParameters = null,
        SaveErrorPolicy onError = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(logDir);
        ArgumentOutOfRangeException.ThrowIfNegative(histogramFreq);
        ArgumentOutOfRangeException.ThrowIfNegative(embeddingsFreq);
        foreach ((string? name, object? value) in hyperParameters ?? new Dictionary<string, object>())
        {
            if (EventFiles.HyperParameters.Convert(value) is null)
            {
                throw new ArgumentException(
                    $"hyperParameters: '{name}' must be a string, a boolean or a number; it "
                        + $"is {(value is null ? "null" : $"a {value.GetType().Name}")}.",
                    nameof(hyperParameters));
            }
        }

        this.clock = clock;
        OnError = onError;
        writing = new TolerantWriting(onError);
        LogDir = logDir;
        HistogramFreq = histogramFreq;
        WriteGraph = writeGraph;
        WriteImages = writeImages;
        WriteStepsPerSecond = writeStepsPerSecond;
        UpdateFreq = updateFreq;
        EmbeddingsFreq = embeddingsFreq;
        EmbeddingsMetadata = embeddingsMetadata;
        this.hyperParameters = new(hyperParameters ?? new Dictionary<string, object>(), StringComparer.Ordinal);
    }

    /// <summary>What to do when a file can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    /// <summary>The log directory, as given.</summary>
    public string LogDir { get; }

    /// <summary>Interval, in epochs, at which histograms are written; 0 for never.</summary>
    public int HistogramFreq { get; }

    /// <summary>Whether the model's configuration and summary are written.</summary>
    public bool WriteGraph { get; }

    /// <summary>Whether weights are written as images.</summary>
    public bool WriteImages { get; }

    /// <summary>Whether the number of steps per second is written.</summary>
    public bool WriteStepsPerSecond { get; }

    /// <summary>How often loss and metrics are written for batches, in addition to those of epochs.</summary>
    public UpdateFrequency UpdateFreq { get; }

    /// <summary>Interval, in epochs, at which embeddings are written; 0 for never.</summary>
    public int EmbeddingsFreq { get; }

    /// <summary>Files with labels for the rows of embeddings; null for none.</summary>
    public EmbeddingsMetadata? EmbeddingsMetadata { get; }

    /// <summary>Hyperparameters written in addition to the settings of the training.</summary>
    public IReadOnlyDictionary<string, object> HyperParameters => hyperParameters;

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => UpdateFreq.Batches is not null;

    /// <inheritdoc/>
    public override bool UsesTestBatchHooks => false;

    private EventFolder Files => files ??= new EventFolder(LogDir, clock);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The metadata names a layer that is not an embedding layer of the model.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        Close(toDisk: false);
        (inFit, globalBatch) = (true, 0);
        if (Resuming)
        {
            return;
        }

        if (EmbeddingsFreq > 0)
        {
            Write(ConfigureProjector);
        }

        Begin();
        Record(EventKind.LogStarted, $"writing every epoch for TensorBoard to {LogDir}", path: LogDir);
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (HadEnded)
        {
            inFit = false;
            return;
        }

        Files.Whole.Write(0, SummaryValue.HyperParameters(
            EventFiles.HyperParameters.EndTag, EventFiles.HyperParameters.End(Failure is not null, clock.GetUtcNow())));
        inFit = false;
        Close(toDisk: true);
    }

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs)
    {
        if (Model.Optimizer is { } optimizer)
        {
            foreach ((string? name, double value) in logs)
            {
                Files.Validation.Write(optimizer.Iterations, SummaryValue.Scalar($"evaluation_{name}_vs_iterations", value));
            }
        }

        if (!inFit)
        {
            Close(toDisk: true);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The files cannot be created or written.</exception>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        // Not earlier: by now a backup, if any, contains the names of the files, so that a killed run can continue them.
        Write(Files.Flush);
        (epochStart, iterationsBefore) = (clock.GetTimestamp(), Model.Optimizer?.Iterations ?? 0);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs)
    {
        globalBatch++;
        batchStart = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (globalBatch % UpdateFreq.Batches != 0)
        {
            return;
        }

        if (WriteStepsPerSecond)
        {
            Files.Train.Write(globalBatch,
                SummaryValue.Scalar("batch_steps_per_second", 1 / clock.GetElapsedTime(batchStart).TotalSeconds));
        }

        foreach ((string? name, double value) in logs)
        {
            Files.Train.Write(globalBatch, SummaryValue.Scalar($"batch_{name}", value));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        const string Validation = "val_";
        var training = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach ((string? name, double value) in logs)
        {
            if (name.StartsWith(Validation, StringComparison.Ordinal))
            {
                Files.Validation.Write(epoch, SummaryValue.Scalar($"epoch_{name[Validation.Length..]}", value));
            }
            else
            {
                training[name] = value;
            }
        }

        if (Model.Optimizer is { } optimizer)
        {
            // As in Keras: the current rate, after earlier callbacks have run, not the rate in the logs.
            training["learning_rate"] = optimizer.LearningRate;
            if (WriteStepsPerSecond)
            {
                training["steps_per_second"] = (optimizer.Iterations - iterationsBefore) / clock.GetElapsedTime(epochStart).TotalSeconds;
            }
        }

        foreach ((string? name, double value) in training)
        {
            Files.Train.Write(epoch, SummaryValue.Scalar($"epoch_{name}", value));
        }

        if (HistogramFreq > 0 && epoch % HistogramFreq == 0)
        {
            WriteWeights(epoch);
        }

        if (EmbeddingsFreq > 0 && epoch % EmbeddingsFreq == 0)
        {
            Write(() => WriteEmbeddings(epoch));
        }

        if (!Write(Files.Flush) && Files.DropTooMuch() is > 0 and var lost)
        {
            Warn($"{Name}: {lost} bytes of events could not be written to {LogDir} and are lost.");
        }
    }

    /// <inheritdoc/>
    /// <returns>The files with their lengths, and the number of batches.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        if (!Files.IsNew)
        {
            // Data that a backup relies on must be as durable as the backup.
            Write(Files.FlushToDisk);
        }

        state.Values["files"] = Files.State(writing.IsFailing);
        state.Set("batches", globalBatch);
        return state;
    }

    /// <summary>Continues the files of the interrupted run; records of batches that will be trained again are dropped.</summary>
    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        globalBatch = state.GetInt64("batches");
        if (HadEnded)
        {
            return;
        }

        (epochStart, iterationsBefore) = (clock.GetTimestamp(), Model.Optimizer?.Iterations ?? 0);
        foreach (string missing in Files.Continue(state.Values["files"]?.AsObject() ?? []))
        {
            Warn($"{Name}: {missing} changed since the last backup; starting a new file.");
        }

        if (Files.IsEmpty)
        {
            Begin();
        }
    }

    private void Begin()
    {
        if (WriteGraph)
        {
            WriteModel();
        }

        Files.Whole.Write(0, SummaryValue.HyperParameters(
            EventFiles.HyperParameters.StartTag, EventFiles.HyperParameters.Start(Model, Params, hyperParameters, clock.GetUtcNow())));
        _ = Files.Train;
    }

    private bool Write(Action write) => writing.Try(
        write, exception =>
        Warn($"{Name} could not write to {LogDir}; training continues, and the events are written later: {exception.Message}"));

    private void Close(bool toDisk)
    {
        EventFolder? open = files;
        files = null;
        if (open is null)
        {
            return;
        }

        using (open)
        {
            if (toDisk && !Write(open.FlushToDisk))
            {
                open.Abandon();
            }
        }
    }
}
