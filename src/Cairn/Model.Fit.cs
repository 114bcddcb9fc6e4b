using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using Cairn.Saving.Runs;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>Trains the model. Keras: <c>fit</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>.</param>
    /// <param name="y">Targets, <c>[samples, ...]</c>.</param>
    /// <param name="batchSize">Samples a step, 1 or more; 32 by default. The last step of an epoch takes what is left.</param>
    /// <param name="epochs">Index of the epoch to stop before (with <paramref name="initialEpoch"/> 0: the number of epochs); 1 by default.</param>
    /// <param name="verbose">0 silent, 1 a progress bar, 2 one line an epoch; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.</param>
    /// <param name="callbacks">What watches the training and acts on it, in the order in which it is called.</param>
    /// <param name="validationSplit">Share of the samples, taken from their end before any shuffling, that is measured after each epoch; [0, 1).</param>
    /// <param name="validationData">Inputs and targets that are measured after each epoch; takes the place of <paramref name="validationSplit"/>.</param>
    /// <param name="shuffle">Whether each epoch takes the samples in a new random order; true by default.</param>
    /// <param name="classWeight">A weight for the samples of each class, by class number; classes that are not named weigh 1. Not with <paramref name="sampleWeight"/>.</param>
    /// <param name="sampleWeight">A weight for each sample in the loss and the weighted metrics, <c>[samples]</c>.</param>
    /// <param name="initialEpoch">Index of the first epoch, for a training that goes on; 0 by default.</param>
    /// <param name="stepsPerEpoch">Batches in an epoch; null (default) for all data. The next epoch goes on where the last one stopped.</param>
    /// <param name="validationSteps">Batches of the validation data that are measured; null (default) for all.</param>
    /// <param name="validationBatchSize">Samples in a step of validation; <paramref name="batchSize"/> by default.</param>
    /// <param name="validationFreq">After how many epochs to validate (1 by default), or after which ones, counted from 1.</param>
    /// <param name="validationSampleWeight">A weight for each sample of <paramref name="validationData"/>.</param>
    /// <param name="seed">Replaces <see cref="Seed"/>: the same seed gives the same bits.</param>
    /// <param name="allowNaN">Whether to train even if the data contain NaN, which makes every weight NaN; false by default.</param>
    /// <param name="cancellationToken">Stops the training after the batch under way. The history of what was done is returned, with an event of kind <see cref="EventKind.Interrupted"/>.</param>
    /// <returns>The values of every epoch and the events.</returns>
    /// <exception cref="ArgumentException">The data or an argument do not fit; the message names which, its value and what is allowed.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    /// <exception cref="CallbackException">A callback of the user threw.</exception>
    public History Fit(
        NDArray x,
        NDArray y,
        int batchSize = 32,
        int epochs = 1,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        double validationSplit = 0,
        (NDArray X, NDArray Y)? validationData = null,
        bool shuffle = true,
        IReadOnlyDictionary<int, double>? classWeight = null,
        NDArray? sampleWeight = null,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        int? validationBatchSize = null,
        ValidationFrequency? validationFreq = null,
        NDArray? validationSampleWeight = null,
        long? seed = null,
        bool allowNaN = false,
        CancellationToken cancellationToken = default)
    {
        (Optimizer optimizer, Loss loss) = RequireCompiled(nameof(Fit));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(initialEpoch, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch ?? 1, 1, nameof(stepsPerEpoch));
        ArgumentOutOfRangeException.ThrowIfLessThan(validationSteps ?? 1, 1, nameof(validationSteps));
        ArgumentOutOfRangeException.ThrowIfLessThan(validationBatchSize ?? 1, 1, nameof(validationBatchSize));
        if (classWeight is not null && sampleWeight is not null)
        {
            throw new ArgumentException("classWeight and sampleWeight can't both be given; multiply the class weights into sampleWeight.", nameof(classWeight));
        }

        if (validationSampleWeight is not null && validationData is null)
        {
            throw new ArgumentException("validationSampleWeight weighs the samples of validationData, which is not given.", nameof(validationSampleWeight));
        }

        if (validationSplit is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit is a share of at least 0 and less than 1.");
        }

        if (seed is not null) Seed = seed;
        TensorDataset train = Prepare(x, nameof(x), y, nameof(y), sampleWeight, nameof(sampleWeight), batchSize, allowNaN);
        TensorDataset? held = null;
        try
        {
            if (validationData is { } given)
            {
                held = Prepare(
                    given.X, $"{nameof(validationData)}.X", given.Y, $"{nameof(validationData)}.Y", validationSampleWeight,
                    nameof(validationSampleWeight), validationBatchSize ?? batchSize, allowNaN);
            }
            else if (validationSplit > 0)
            {
                (train, held) = train.SplitAt(TrainingCount(train.Count, validationSplit), validationBatchSize ?? batchSize);
            }

            if (classWeight is not null) train = train.WithWeights(ClassWeights.For(train.Targets!, classWeight));

            Shape output = FitShapes(train, ref loss, nameof(x), nameof(y));
            if (held is not null) CheckShapes(held, output, loss, $"{nameof(validationData)}.X", $"{nameof(validationData)}.Y");
            PrepareWeights(optimizer);

            int level = verbose.LevelFor(Output);
            var list = new CallbackList(
                callbacks,
                this,
                new CallbackParams
                {
                    InitialEpoch = initialEpoch,
                    Epochs = epochs,
                    Steps = stepsPerEpoch ?? train.BatchCount,
                    BatchSize = batchSize,
                    Samples = train.Count,
                    Verbose = level,
                    Output = Output,
                },
                addHistory: true,
                addProgbar: level > 0);
            var at = new RunState(initialEpoch);
            using RunKeeper? keeper = BackupAndRestore.In(list)?.Open(this, list, at, () => Describe(train, held, batchSize, shuffle, stepsPerEpoch));
            ulong runSeed = SettleSeed();
            using var training = new CallContext(training: true, runSeed, Device);
            using var inference = new CallContext(training: false, runSeed, Device);
            MetricSet trainMetrics = metrics!;
            var objective = new Objective(loss, this);
            var validation = held is null ? null : new EvaluationLoop(this, objective, trainMetrics, held, inference, validationSteps);
            var step = new TrainingStep(this, objective, optimizer, trainMetrics, training);
            new TrainingLoop(this, step, trainMetrics, list, train, validation, new FitSettings(initialEpoch, epochs, shuffle, runSeed, stepsPerEpoch, validationFreq ?? 1), at, keeper)
                .Run(cancellationToken);
            return list.History!;
        }
        finally
        {
            train.Dispose();
            held?.Dispose();
        }
    }

    /// <summary>Measures the loss and the metrics. Keras: <c>evaluate</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>.</param>
    /// <param name="y">Targets, <c>[samples, ...]</c>.</param>
    /// <param name="batchSize">Samples a step; 32 by default.</param>
    /// <param name="verbose">As in <see cref="Fit"/>.</param>
    /// <param name="sampleWeight">A weight for each sample in the loss and the weighted metrics, <c>[samples]</c>.</param>
    /// <param name="steps">Batches that are measured; null (default) for all.</param>
    /// <param name="callbacks">Called around each batch.</param>
    /// <param name="cancellationToken">Ends the evaluation with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The loss and the metrics by name.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    /// <exception cref="CallbackException">A callback of the user threw.</exception>
    public Logs Evaluate(
        NDArray x,
        NDArray y,
        int batchSize = 32,
        Verbosity verbose = default,
        NDArray? sampleWeight = null,
        int? steps = null,
        IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        (_, Loss loss) = RequireCompiled(nameof(Evaluate));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        using TensorDataset data = Prepare(x, nameof(x), y, nameof(y), sampleWeight, nameof(sampleWeight), batchSize, allowNaN: true);
        FitShapes(data, ref loss, nameof(x), nameof(y));
        using var context = new CallContext(training: false, 0, Device);
        CallbackList list = PlainList(callbacks, verbose, data, batchSize);
        return list.WithWholeLines(
            () => new Logs(new EvaluationLoop(this, new Objective(loss, this), metrics!, data, context, steps).Run(list, cancellation: cancellationToken)));
    }

    /// <summary>Computes the model's outputs. Keras: <c>predict</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>.</param>
    /// <param name="batchSize">Samples a step; 32 by default.</param>
    /// <param name="verbose">As in <see cref="Fit"/>.</param>
    /// <param name="callbacks">Called around each batch.</param>
    /// <param name="cancellationToken">Ends the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The outputs, <c>[samples, ...]</c>.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the model.</exception>
    /// <exception cref="CallbackException">A callback of the user threw.</exception>
    public NDArray Predict(
        NDArray x,
        int batchSize = 32,
        Verbosity verbose = default,
        IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        DataCheck.NotEmpty(x, nameof(x));
        Native.LibTorch.EnsureLoaded();
        using var data = new TensorDataset(ToInput(x), null, null, batchSize);
        FitInput(data, nameof(x));
        using var context = new CallContext(training: false, 0, Device);
        CallbackList list = PlainList(callbacks, verbose, data, batchSize);
        return list.WithWholeLines(() => new PredictionLoop(this, data, context).Run(list, cancellationToken));
    }

    /// <summary>The data and how they are taken: what a run that goes on must have again.</summary>
    private static JsonObject Describe(TensorDataset train, TensorDataset? held, int batchSize, bool shuffle, int? stepsPerEpoch) => new()
    {
        ["samples"] = train.Count,
        ["inputs"] = train.InputShape.ToString(),
        ["targets"] = train.TargetShape.ToString(),
        ["batch size"] = batchSize,
        ["shuffle"] = shuffle,
        ["steps per epoch"] = stepsPerEpoch,
        ["validation samples"] = held?.Count,
    };

    private static long TrainingCount(long samples, double validationSplit)
    {
        // Keras computes the place of the cut in 64-bit floats and drops the fraction.
        var training = (long)Math.Floor(samples * (1 - validationSplit));
        if (training == 0 || training == samples)
        {
            throw new ArgumentException(
                $"validationSplit: {validationSplit} of {samples} samples leaves {training} for training and {samples - training} for validation; both need at least one.",
                nameof(validationSplit));
        }

        return training;
    }

    private (Optimizer Optimizer, Loss Loss) RequireCompiled(string caller)
    {
        if (metrics is null) throw new InvalidOperationException($"Call Compile(optimizer, loss, metrics) before {caller}.");
        Loss loss = Loss ?? throw new InvalidOperationException($"{caller} needs a loss; pass one to Compile, such as loss: \"mse\".");
        return loss.Reduction != "none"
            ? (Optimizer!, loss)
            : throw new InvalidOperationException($"{caller} needs one number for a batch, but the loss {loss.ClassName} has the reduction 'none'.");
    }

    private TensorDataset Prepare(
        NDArray x, string xArgument, NDArray y, string yArgument, NDArray? weight, string weightArgument, int batchSize, bool allowNaN)
    {
        DataCheck.NotEmpty(x, xArgument);
        DataCheck.NotEmpty(y, yArgument);
        DataCheck.SameCount(x, xArgument, y, yArgument);
        if (weight is not null) DataCheck.Weights(weight, weightArgument, x, xArgument);
        Native.LibTorch.EnsureLoaded();
        using var scope = NewDisposeScope();
        Tensor input = ToInput(x);
        Tensor target = y.ToTensor();
        target = target.to(Loss is SparseCategoricalCrossentropy ? ScalarType.Int64 : ScalarType.Float32).to(Device);
        if (!allowNaN)
        {
            DataCheck.NoNaN(input, xArgument);
            DataCheck.NoNaN(target, yArgument);
        }

        Tensor? weights = weight?.ToTensor().to(ScalarType.Float32).to(Device);
        return new TensorDataset(input, target, weights, batchSize);
    }

    private Tensor ToInput(NDArray x)
    {
        using var scope = NewDisposeScope();
        return x.ToTensor().to(ScalarType.Float32).to(Device).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the model for the data where needed, checks that they fit, and settles what the loss and the metrics are.</summary>
    /// <returns>The shape of the output.</returns>
    private Shape FitShapes(TensorDataset data, ref Loss loss, string xArgument, string yArgument)
    {
        FitInput(data, xArgument);
        Shape output = ComputeOutputShape(data.InputShape);
        loss = loss.ResolveFor(data.TargetShape, output);
        CheckShapes(data, output, loss, xArgument, yArgument);
        metrics!.ResolveFor(data.TargetShape, output);
        return output;
    }

    private void CheckShapes(TensorDataset data, Shape output, Loss loss, string xArgument, string yArgument)
    {
        FitInput(data, xArgument);
        loss.CheckShapes(data.TargetShape, output, yArgument);
        DataCheck.LabelsInRange(data.Targets!, output, loss, yArgument);
    }

    private void FitInput(TensorDataset data, string argument)
    {
        if (!Built) BuildOnce(DeclaredInputShapes ?? [data.InputShape]);
        if (InputShapes.Count != 1) throw new ArgumentException($"The model '{Name}' takes {InputShapes.Count} inputs; {argument} is one.", argument);
        if (!InputShape!.IsCompatibleWith(data.InputShape))
        {
            throw new ArgumentException($"The model '{Name}' takes inputs of shape {InputShape}; {argument} has the shape {(Shape)data.Inputs.shape}.", argument);
        }
    }

    private void PrepareWeights(Optimizer optimizer) => optimizer.Build(MarkTrainable());

    private IReadOnlyList<Variable> MarkTrainable()
    {
        IReadOnlyList<Variable> trainable = TrainableWeights;
        if (trainable.Count == 0) throw new InvalidOperationException($"The model '{Name}' has no trainable weights.");
        foreach (Variable variable in Weights) variable.Value.requires_grad_(false);
        foreach (Variable variable in trainable) variable.Value.requires_grad_(true);
        return trainable;
    }

    /// <summary>Looks anew, in the middle of a training, which weights are trained; the optimizer keeps its state for those that were.</summary>
    internal void TakeUpTrainableWeights()
    {
        Optimizer?.TakeUp(MarkTrainable());
        TrainableVersion++;
    }

    /// <summary>Counts the times that other weights began to be trained in the middle of a training.</summary>
    internal int TrainableVersion { get; private set; }

    private CallbackList PlainList(IEnumerable<Callback>? callbacks, Verbosity verbose, TensorDataset data, int batchSize)
    {
        int level = verbose.LevelFor(Output);
        var parameters = new CallbackParams
        {
            Epochs = 1,
            Steps = data.BatchCount,
            BatchSize = batchSize,
            Samples = data.Count,
            Verbose = level,
            Output = Output,
        };
        return new CallbackList(callbacks, this, parameters, addProgbar: level > 0);
    }
}
