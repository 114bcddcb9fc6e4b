using Cairn.EventFiles;

namespace Cairn.Callbacks;

/// <summary>Writes a training down for TensorBoard to show. Keras: <c>callbacks.TensorBoard</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [new TensorBoard("logs/first", histogramFreq: 1)]);
/// // then, in a shell: tensorboard --logdir logs
/// </code>
/// </example>
/// <remarks>
/// <para>
/// The event files lie in <c>logDir/train</c> and <c>logDir/validation</c>, two runs of TensorBoard, under Keras' tags: <c>epoch_loss</c>,
/// <c>epoch_accuracy</c>, … of both and <c>epoch_learning_rate</c>, by the index of the epoch; <c>batch_loss</c>, … by the number of the
/// batch of this training, from 1; <c>evaluation_loss_vs_iterations</c>, … of every evaluation, by the optimizer's iterations.
/// </para>
/// <para>
/// Beyond Keras, the model's summary is in the text dashboard (<c>model_summary</c>), and <c>logDir</c> itself holds the hyper-parameters
/// for the hparams dashboard: the optimizer's settings, the loss, seed, steps and epochs, and those given. The files grow record by record
/// and are handed to the operating system at the end of every epoch. A later training with the same folder begins new files in it; a run
/// that goes on from a backup goes on with its files.
/// </para>
/// </remarks>
public sealed partial class TensorBoard : Callback
{
    private readonly TimeProvider clock;
    private readonly Dictionary<string, object> hyperParameters;
    private EventFolder? files;
    private bool inFit;
    private long globalBatch;
    private long batchStart;
    private long epochStart;
    private long iterationsBefore;

    /// <summary>Creates the callback.</summary>
    /// <param name="logDir">The folder of this training, which nothing else should use. Default <c>logs</c>.</param>
    /// <param name="histogramFreq">After how many epochs to write histograms of all weights; 0 (default) for never.</param>
    /// <param name="writeGraph">Whether to write the model's configuration for the graph dashboard, and its summary. Default true.</param>
    /// <param name="writeImages">Whether to write the weights as images too, whenever there are histograms. Default false.</param>
    /// <param name="writeStepsPerSecond">Whether to write how many steps a second there were in each epoch or batch. Default false.</param>
    /// <param name="updateFreq">
    /// <c>"epoch"</c> (default) writes loss and metrics after epochs only; <c>"batch"</c>, or a number, also after every so many batches,
    /// whose values must be computed for it.
    /// </param>
    /// <param name="profileBatch">Must be 0 (default): there is no profiler to ask.</param>
    /// <param name="embeddingsFreq">After how many epochs to write <see cref="Layers.Embedding"/> layers for the projector; 0 (default) for never.</param>
    /// <param name="embeddingsMetadata">Files that name the rows of embeddings; null (default) for none.</param>
    /// <param name="hyperParameters">Texts, truth values and numbers to show with the training's own settings; null (default) for none.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="logDir"/> is empty, <paramref name="profileBatch"/> is not 0, or a hyper-parameter is something else.
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
        IReadOnlyDictionary<string, object>? hyperParameters = null)
        : this(TimeProvider.System, logDir, histogramFreq, writeGraph, writeImages, writeStepsPerSecond, updateFreq, embeddingsFreq,
        embeddingsMetadata, hyperParameters)
    {
        if (profileBatch != 0)
        {
            throw new ArgumentException(
                $"Profiling is not available; profileBatch must be 0, and is {profileBatch}. For the speed of training set "
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
        IReadOnlyDictionary<string, object>? hyperParameters = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(logDir);
        ArgumentOutOfRangeException.ThrowIfNegative(histogramFreq);
        ArgumentOutOfRangeException.ThrowIfNegative(embeddingsFreq);
        foreach ((string? name, object? value) in hyperParameters ?? new Dictionary<string, object>())
        {
            if (EventFiles.HyperParameters.Convert(value) is null)
            {
                throw new ArgumentException(
                    $"hyperParameters: '{name}' must be a text, a truth value or a number; it "
                        + $"is {(value is null ? "null" : $"a {value.GetType().Name}")}.",
                    nameof(hyperParameters));
            }
        }

        this.clock = clock;
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

    /// <summary>The folder of the training, as given.</summary>
    public string LogDir { get; }

    /// <summary>After how many epochs histograms are written; 0 for never.</summary>
    public int HistogramFreq { get; }

    /// <summary>Whether the model's configuration and summary are written.</summary>
    public bool WriteGraph { get; }

    /// <summary>Whether weights are written as images.</summary>
    public bool WriteImages { get; }

    /// <summary>Whether steps a second are written.</summary>
    public bool WriteStepsPerSecond { get; }

    /// <summary>After how many batches loss and metrics are written besides those of epochs.</summary>
    public UpdateFrequency UpdateFreq { get; }

    /// <summary>After how many epochs embeddings are written; 0 for never.</summary>
    public int EmbeddingsFreq { get; }

    /// <summary>Files that name the rows of embeddings; null for none.</summary>
    public EmbeddingsMetadata? EmbeddingsMetadata { get; }

    /// <summary>What is shown with the training's own settings.</summary>
    public IReadOnlyDictionary<string, object> HyperParameters => hyperParameters;

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => UpdateFreq.Batches is not null;

    /// <inheritdoc/>
    public override bool UsesTestBatchHooks => false;

    private EventFolder Files => files ??= new EventFolder(LogDir, clock);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The metadata name a layer that is no embedding of the model.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        Close();
        (inFit, globalBatch) = (true, 0);
        if (Resuming)
        {
            return;
        }

        if (EmbeddingsFreq > 0)
        {
            ConfigureProjector();
        }

        Begin();
        Record(EventKind.LogStarted, $"every epoch is written for TensorBoard to {LogDir}", path: LogDir);
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        Files.Whole.Write(0, SummaryValue.HyperParameters(
            EventFiles.HyperParameters.EndTag, EventFiles.HyperParameters.End(Failure is not null, clock.GetUtcNow())));
        inFit = false;
        Close();
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
            Close();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The files cannot be made or written.</exception>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        // Not before: the name of the files stands in a backup by now, if there are backups, so that a run that dies goes on with them.
        Files.Flush();
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
            // As in Keras: the rate now, when callbacks before this one have acted, not the one that the logs may hold.
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
            WriteEmbeddings(epoch);
        }

        Files.Flush();
    }

    /// <inheritdoc/>
    /// <returns>Which files there are, how long they are, and how many batches there were.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Values["files"] = Files.State();
        state.Set("batches", globalBatch);
        return state;
    }

    /// <summary>Goes on with the files of the run that was ended; what they hold of batches that come once more is dropped.</summary>
    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        globalBatch = state.GetInt64("batches");
        (epochStart, iterationsBefore) = (clock.GetTimestamp(), Model.Optimizer?.Iterations ?? 0);
        foreach (string missing in Files.Continue(state.Values["files"]?.AsObject() ?? []))
        {
            Warn($"{Name}: {missing} is not there as it was when the run was last saved; it begins anew.");
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

    private void Close()
    {
        files?.Dispose();
        files = null;
    }
}
