using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Saving.Runs;
using Cairn.Training;

namespace Cairn;

public abstract partial class Model
{
    private const string WeightedSamples = "sampleWeight";

    /// <summary>Trains the model for a number of epochs. Keras: <c>fit</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.</param>
    /// <param name="y">
    /// Targets, <c>[samples, ...]</c>; for several outputs, a list in their order, or arrays by name. Outputs without a loss and metrics
    /// need none; null (default) if no output does.
    /// </param>
    /// <param name="batchSize">Number of samples per batch, 1 or more; 32 by default. The last batch of an epoch may be smaller.</param>
    /// <param name="epochs">
    /// Index of the epoch to stop before (the number of epochs if <paramref name="initialEpoch"/> is 0); 1 by default.
    /// </param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line per epoch; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="callbacks">Callbacks to apply during training, in calling order.</param>
    /// <param name="validationSplit">
    /// Fraction of the samples to use as validation data, taken from the end before shuffling; [0, 1).
    /// </param>
    /// <param name="validationData">Inputs and targets to evaluate after each epoch; overrides <paramref name="validationSplit"/>.</param>
    /// <param name="shuffle">Whether to shuffle the samples before each epoch; true by default.</param>
    /// <param name="classWeight">
    /// Maps class indices to weights of their samples; the default weight is 1. Targets <c>[samples, ..., 1]</c> and one-hot targets weight
    /// each position by its class. Can't be combined with <paramref name="sampleWeight"/>.
    /// </param>
    /// <param name="sampleWeight">
    /// Weights for the loss and the weighted metrics: one per sample, <c>[samples]</c>, or one per position of the targets,
    /// <c>[samples, steps]</c>; one array for all outputs, or one for each.
    /// </param>
    /// <param name="initialEpoch">Index of the epoch to start at, to resume training; 0 by default.</param>
    /// <param name="stepsPerEpoch">
    /// Number of batches per epoch; null (default) for all data. The next epoch continues where the last one stopped.
    /// </param>
    /// <param name="validationSteps">Number of validation batches to evaluate; null (default) for all.</param>
    /// <param name="validationBatchSize">Number of samples per validation batch; <paramref name="batchSize"/> by default.</param>
    /// <param name="validationFreq">
    /// Number of epochs between validations (1 by default), or the epochs to validate after, counted from 1.
    /// </param>
    /// <param name="validationSampleWeight">Sample weights of <paramref name="validationData"/>.</param>
    /// <param name="seed">Replaces <see cref="Seed"/>; the same seed gives bitwise identical results.</param>
    /// <param name="allowNaN">
    /// Whether to train even if the data contains NaN or infinity, which would turn every weight into NaN; false by default.
    /// </param>
    /// <param name="cancellationToken">
    /// Stops training after the current batch. Fit then returns the history so far, with an event of kind
    /// <see cref="EventKind.Interrupted"/>.
    /// </param>
    /// <returns>The metric values of each epoch, and the events.</returns>
    /// <exception cref="ArgumentException">
    /// The data or an argument is invalid; the message names it, its value and what is allowed.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    /// <exception cref="OutOfMemoryException">Memory ran out; the message says where, and how to resume.</exception>
    [OverloadResolutionPriority(1)]
    public History Fit(
        NDArrays x,
        NDArrays? y = null,
        int batchSize = 32,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        double validationSplit = 0,
        (NDArrays X, NDArrays? Y)? validationData = null,
        bool shuffle = true,
        IReadOnlyDictionary<int, double>? classWeight = null,
        NDArrays? sampleWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        int? validationBatchSize = null,
        ValidationFrequency? validationFreq = null,
        NDArrays? validationSampleWeight = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default)
    {
        using ModelUses.Use use = uses.Begin(nameof(Fit));
        RequireCompiled(nameof(Fit));
        ClassWeights.Check(classWeight);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(validationBatchSize ?? 1, 1, nameof(validationBatchSize));
        var settings = new FitArguments(epochs, verbose, callbacks, shuffle, initialEpoch, stepsPerEpoch, validationSteps, validationFreq)
        {
            Weighting = sampleWeight is not null ? WeightedSamples : ClassWeights.Describe(classWeight),
        };
        if (classWeight is not null && sampleWeight is not null)
        {
            throw new ArgumentException("classWeight and sampleWeight can't both be given; multiply the class weights into sampleWeight.",
                nameof(classWeight));
        }

        if (validationSampleWeight is not null && validationData is null)
        {
            throw new ArgumentException("validationSampleWeight requires validationData.", nameof(validationSampleWeight));
        }

        if (validationSplit is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit must be in [0, 1).");
        }

        if (seed is not null)
        {
            Seed = seed;
        }

        var names = new ArrayArguments();
        var validationNames = new ArrayArguments($"{nameof(validationData)}.X", $"{nameof(validationData)}.Y",
            nameof(validationSampleWeight));
        TensorDataset? train = null, held = null;
        try
        {
            train = names.Load(x, y, sampleWeight, Layout(x, y), batchSize);
            if (!allowNaN)
            {
                names.RefuseNotFinite(train);
            }

            if (validationData is { } given)
            {
                held = validationNames.Load(given.X, given.Y, validationSampleWeight, Layout(), validationBatchSize ?? batchSize);
                if (!allowNaN)
                {
                    validationNames.RefuseNotFinite(held);
                }
            }
            else if (validationSplit > 0)
            {
                (train, held) = train.SplitAt(TrainingCount(train.Samples, validationSplit), validationBatchSize ?? batchSize);
            }

            if (classWeight is not null)
            {
                train = train.WithWeights(ClassWeights.For(ClassWeights.OneTarget(train.WideTargets), classWeight));
            }

            ResolvedLosses resolved = Resolve(train, names);
            if (held is not null)
            {
                CheckFit(held, resolved, validationNames);
            }

            return Train(train, held, resolved, settings, use, cancellationToken);
        }
        catch (Exception exception) when (OutOfMemory.Is(exception))
        {
            throw OutOfMemory.BeforeTraining(exception);
        }
        finally
        {
            train?.Dispose();
            held?.Dispose();
        }
    }

    /// <summary>
    /// Trains the model on data loaded batch by batch from files or code, which may be larger than memory. Keras: <c>fit</c>.
    /// </summary>
    /// <param name="data">The batches.</param>
    /// <param name="epochs">
    /// Index of the epoch to stop before (the number of epochs if <paramref name="initialEpoch"/> is 0); 1 by default.
    /// </param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line per epoch; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="callbacks">Callbacks to apply during training, in calling order.</param>
    /// <param name="validationData">Data to evaluate after each epoch.</param>
    /// <param name="shuffle">
    /// Whether to shuffle the samples before each epoch, if the data can be reordered (arrays and NPY files); true by default.
    /// </param>
    /// <param name="classWeight">
    /// Maps class indices to weights of their samples. Can't be combined with batches that have sample weights.
    /// </param>
    /// <param name="initialEpoch">Index of the epoch to start at, to resume training; 0 by default.</param>
    /// <param name="stepsPerEpoch">
    /// Number of batches per epoch; null (default) for all data. Required for endless data. The next epoch continues where the last one
    /// stopped.
    /// </param>
    /// <param name="validationSteps">Number of validation batches to evaluate; null (default) for all.</param>
    /// <param name="validationFreq">
    /// Number of epochs between validations (1 by default), or the epochs to validate after, counted from 1.
    /// </param>
    /// <param name="seed">Replaces <see cref="Seed"/>; the same seed on the same batches gives bitwise identical results.</param>
    /// <param name="allowNaN">
    /// Whether to train even on batches that contain NaN or infinity, which would turn every weight into NaN; false by default.
    /// </param>
    /// <param name="cancellationToken">Stops training after the current batch, or while waiting for one.</param>
    /// <returns>The metric values of each epoch, and the events.</returns>
    /// <exception cref="ArgumentException">
    /// The data or an argument is invalid; the message names it, its value and what is allowed.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss, or the data contains no batches.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    /// <exception cref="OutOfMemoryException">Memory ran out; the message says where, and how to resume.</exception>
    public History Fit(
        Dataset data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        Dataset? validationData = null,
        bool shuffle = true,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        using ModelUses.Use use = uses.Begin(nameof(Fit));
        RequireCompiled(nameof(Fit));
        ClassWeights.Check(classWeight);
        var settings = new FitArguments(epochs, verbose, callbacks, shuffle, initialEpoch, stepsPerEpoch, validationSteps, validationFreq)
        {
            Weighting = ClassWeights.Describe(classWeight),
        };
        if (seed is not null)
        {
            Seed = seed;
        }

        try
        {
            BatchLayout layout = Layout(mustBeFinite: !allowNaN) with { Replication = Distribution };
            BatchSource opened = data.Open(layout);
            using BatchSource train = classWeight is null ? opened : new ClassWeightedSource(opened, classWeight);
            using BatchSource? held = validationData?.Open(layout);
            var names = new ArrayArguments("the inputs of data", "the targets of data");
            ResolvedLosses resolved = Resolve(train, names);
            if (held is not null)
            {
                CheckFit(held, resolved, new ArrayArguments("the inputs of validationData", "the targets of validationData"));
            }

            return Train(train, held, resolved, settings, use, cancellationToken);
        }
        catch (Exception exception) when (OutOfMemory.Is(exception))
        {
            throw OutOfMemory.BeforeTraining(exception);
        }
    }

    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?,
    /// int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    public History Fit(
        IEnumerable<Batch> data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        Dataset? validationData = null,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        Dataset.From(data), epochs, verbose, callbacks, validationData, shuffle: false, classWeight, initialEpoch, stepsPerEpoch,
        validationSteps,
        validationFreq, seed, allowNaN, cancellationToken);

    /// <inheritdoc cref="Fit(Dataset, int, Verbosity, IEnumerable{Callback}?, Dataset?, bool, IReadOnlyDictionary{int, double}?, int, int?,
    /// int?, ValidationFrequency?, long?, bool, CancellationToken)"/>
    public History Fit(
        IAsyncEnumerable<Batch> data,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        Dataset? validationData = null,
        IReadOnlyDictionary<int, double>? classWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        ValidationFrequency? validationFreq = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default) => Fit(
        Dataset.From(data), epochs, verbose, callbacks, validationData, shuffle: false, classWeight, initialEpoch, stepsPerEpoch,
        validationSteps,
        validationFreq, seed, allowNaN, cancellationToken);

    /// <summary>The data and the batching: a resumed run must have the same.</summary>
    private JsonObject Describe(BatchSource train, BatchSource? held, FitArguments arguments) => new()
    {
        ["samples"] = train.SampleCount,
        ["inputs"] = Shape.Describe(train.InputShapes),
        ["targets"] = Shape.Describe(train.TargetShapes),
        ["batch size"] = train.BatchSize,
        ["shuffle"] = arguments.Shuffle,
        ["steps per epoch"] = arguments.StepsPerEpoch,
        ["steps per execution"] = stepsPerExecution,
        ["weights of samples"] = arguments.Weighting,
        [RunIdentity.FirstEpoch] = arguments.InitialEpoch,
        [Fingerprint.Training] = Fingerprint.Of(train, weights: arguments.Weighting == WeightedSamples),
        ["validation samples"] = held?.SampleCount,
        [Fingerprint.Validation] = Fingerprint.Of(held, weights: true),
        ["validation steps"] = held is null ? null : arguments.ValidationSteps,
        ["validation batch size"] = held?.BatchSize,
        ["validation after epochs"] = held is null ? null : arguments.ValidationFreq.ToString(),
    };

    private static long TrainingCount(long samples, double validationSplit)
    {
        // Keras computes the split index in 64-bit floats and truncates it.
        long training = (long)Math.Floor(samples * (1 - validationSplit));
        if (training == 0 || training == samples)
        {
            throw new ArgumentException(
                $"validationSplit {validationSplit} of {samples} samples leaves {training} for training and {samples - training} for "
                    + "validation; both need at least one.",
                nameof(validationSplit));
        }

        return training;
    }

    private History Train(BatchSource train, BatchSource? held, ResolvedLosses resolved, FitArguments arguments, ModelUses.Use use,
        CancellationToken cancellation)
    {
        using OneThread? one = UseThreadsFor(train);
        UpdateTrainedVariables(Optimizer!);

        // Of several processes, only the first writes to the terminal.
        bool isSilent = Distribution is { Rank: > 0 };
        int level = isSilent ? 0 : arguments.Verbose.LevelFor(Output);
        IEnumerable<Callback>? callbacks = TelemetryCallback.Join(arguments.Callbacks, out TelemetryCallback? added);
        using TelemetryCallback? telemetry = added;
        bool validates = held is not null && arguments.ValidationFreq.IncludesAny(arguments.InitialEpoch, arguments.Epochs);
        var list = new CallbackList(
            callbacks,
            this,
            new CallbackParams
            {
                InitialEpoch = arguments.InitialEpoch,
                Epochs = arguments.Epochs,
                Steps = arguments.StepsPerEpoch ?? train.BatchCount,
                BatchSize = train.BatchSize,
                Samples = train.SampleCount,
                Verbose = level,
                Output = isSilent ? TextWriter.Null : Output,
                Error = isSilent ? TextWriter.Null : Console.Error,
                Rank = Distribution?.Rank ?? 0,
                Replicas = Distribution?.Count ?? 1,
                LoggedNames = OverridesTrainStep || OverridesTestStep ? null
                    : [.. LoggedNames, .. validates ? LoggedNames.Select(name => $"val_{name}") : []],
                Validates = validates,
            },
            addHistory: true,
            addProgbar: level > 0);
        using IDistributedRun? together = Distribution?.Open(this, list, Describe(train, held, arguments).ToJsonString(), cancellation);
        var at = new RunState(arguments.InitialEpoch);
        using RunKeeper? own = BackupAndRestore.In(list)?.Open(this, list, at, () => Describe(train, held, arguments), together);
        IRunKeeper? keeper = together is null ? own : RunFollower.Join(own, new RunParts(this, list, at, together), together);
        ulong runSeed = ResolveSeed();
        using var training = new CallContext(training: true, runSeed, Device) { MayBeResumed = keeper is not null };
        using var inference = new CallContext(training: false, runSeed, Device) { MayBeResumed = keeper is not null };
        EvaluationLoop? validation = held is null ? null
            : new EvaluationLoop(this, inference, Shard(held), arguments.ValidationSteps, stepsPerExecution, together);
        var loop = new TrainingLoop(this, training, list, Shard(train), validation, resolved.Losses,
            arguments.Settings(runSeed, stepsPerExecution), at,
            use, keeper, together);
        try
        {
            return Minimizing(resolved.Objective, () =>
            {
                loop.Run(together?.Cancellation ?? cancellation);
                together?.Completed();
                return list.History!;
            });
        }
        finally
        {
            NoteTrained();
            EndTraining();
            EndPlan();
        }
    }
}
