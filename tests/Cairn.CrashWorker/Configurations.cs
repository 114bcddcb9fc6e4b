using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;

namespace Cairn.CrashWorker;

/// <summary>The trainings that the crash test kills.</summary>
internal static class Configurations
{
    private const int BatchSize = 16;

    /// <summary>Trains in the current folder.</summary>
    /// <param name="name">The name of the training.</param>
    /// <param name="behind">Whether backups are written in the background.</param>
    public static (Model Model, History History) Train(string name, bool behind) => name switch
    {
        "layers" => Layers(behind),
        "graph" => Graph(behind),
        "stream" => Stream(behind),
        "states" => States(behind),
        "several" => Several(behind),
        "named" => Named(behind),
        "wandering" => Wandering(behind),
        _ => throw new ArgumentException($"There is no training '{name}'.", nameof(name)),
    };

    /// <summary>Dropout, moving statistics, shuffling, Adam, a validation split, a backup every three batches.</summary>
    private static (Model Model, History History) Layers(bool behind)
    {
        (NDArray x, NDArray y) = TrainingData.Create(rows: 400, columns: 8);
        var model = new Sequential(
            [
                new Input([8]),
                new Dense(48, activation: "relu"),
                new BatchNormalization(),
                new Dropout(0.3),
                new Dense(16, activation: "tanh"),
                new Dropout(0.2),
                new Dense(1),
            ],
            seed: 7);
        model.Compile(new Adam(0.01), "mse", ["mae"]);
        return (model, model.Fit(x, y, BatchSize, epochs: 14, verbose: 0, validationSplit: 0.2,
            callbacks: Callbacks(3, behind, canReduce: true)));
    }

    /// <summary>Two inputs, a learning rate schedule, accumulated gradients, EMA weights, sample weights, validation data, two steps per
    /// execution.</summary>
    private static (Model Model, History History) Graph(bool behind)
    {
        (NDArray a, NDArray y) = TrainingData.Create(rows: 320, columns: 6);
        (NDArray b, NDArray weights) = TrainingData.Create(rows: 320, columns: 3);
        (NDArray heldA, NDArray heldY) = TrainingData.Create(rows: 60, columns: 6);
        (NDArray heldB, _) = TrainingData.Create(rows: 60, columns: 3);
        var first = new Input([6], name: "a");
        var second = new Input([3], name: "b");
        KerasTensor both = new Concatenate()
            .Apply([new Dense(12, activation: "relu").Apply(first),
            new Dropout(0.2).Apply(new Dense(6, activation: "tanh").Apply(second))]);
        var model = new Functional(inputs: [first, second], outputs: [new Dense(1).Apply(both)], seed: 5);
        model.Compile(new Adam(new ExponentialDecay(0.02, 15, 0.9), useEma: true, emaMomentum: 0.9, gradientAccumulationSteps: 3), "mse",
            ["mae"], stepsPerExecution: 2);
        History history = model.Fit(
            [a, b],
            y,
            BatchSize,
            epochs: 12,
            verbose: 0,
            validationData: ([heldA, heldB], heldY),
            sampleWeight: NDArray.From([.. weights.ToArray().Select(MathF.Abs)], [320]),
            callbacks: Callbacks(5, behind, canReduce: false));
        return (model, history);
    }

    /// <summary>Streamed batches of unknown number, epochs that do not end with the data, a backup every 20 ms.</summary>
    private static (Model Model, History History) Stream(bool behind)
    {
        var model = new Sequential([new Input([8]), new Dense(24, activation: "tanh"), new Dropout(0.2), new Dense(1)], seed: 9);
        model.Compile(new RMSprop(0.005, momentum: 0.9), "mse", ["mae"]);
        History history = model.Fit(
            Batches(rows: 240), epochs: 12, verbose: 0, validationData: Dataset.From(Batches(rows: 64)), stepsPerEpoch: 11,
            callbacks: Callbacks(TimeSpan.FromMilliseconds(20), behind, canReduce: true));
        return (model, history);
    }

    /// <summary>A stateful layer, samples in order, a backup every epoch.</summary>
    private static (Model Model, History History) States(bool behind)
    {
        (NDArray x, NDArray y) = TrainingData.Create(rows: 192, columns: 8);
        var model = new Sequential(
            [new Input([4, 2], batchSize: BatchSize), new LSTM(8, stateful: true, dropout: 0.1), new Dense(1)], seed: 3);
        model.Compile(new SGD(0.05, momentum: 0.9, nesterov: true), "mse", ["mae"]);
        var steps = NDArray.From(x.ToArray(), [192, 4, 2]);
        return (model, model.Fit(steps, y, BatchSize, epochs: 10, verbose: 0, validationData: (steps, y), shuffle: false,
            callbacks: Callbacks("epoch", behind, canReduce: true)));
    }

    /// <summary>
    /// Several runs, one after the other, with one backup folder: a model that is trained further, then models for three parts of the data.
    /// </summary>
    private static (Model Model, History History) Several(bool behind)
    {
        (NDArray x, NDArray y) = TrainingData.Create(rows: 192, columns: 8);
        Sequential model = Small(seed: 2);
        model.Fit(x, y, BatchSize, epochs: 3, verbose: 0, callbacks: Callbacks(4, behind, canReduce: true));
        Announcement.Tell("fitted");
        model.Fit(x, y, BatchSize, epochs: 6, initialEpoch: 3, verbose: 0, callbacks: Callbacks(4, behind, canReduce: true));
        Announcement.Tell("fitted");
        History history = null!;
        float[] inputs = x.ToArray(), targets = y.ToArray();
        for (int fold = 0; fold < 3; fold++)
        {
            model.Dispose();
            model = Small(seed: 5);
            int from = fold * 64;
            history = model.Fit(
                NDArray.From(inputs[(from * 8)..((from + 64) * 8)], [64, 8]), NDArray.From(targets[from..(from + 64)], [64, 1]), BatchSize,
                epochs: 3, verbose: 0,
                validationSplit: 0.25, callbacks: Callbacks("epoch", behind, canReduce: true));
            Announcement.Tell("fitted");
        }

        return (model, history);
    }

    /// <summary>
    /// Two models that are trained in turns on streamed batches, with one backup folder in which each has runs of its own name.
    /// </summary>
    private static (Model Model, History History) Named(bool behind)
    {
        const int EpochsOfRound = 3;
        (string Name, Sequential Model)[] models = [("first", Small(seed: 3)), ("second", Small(seed: 4))];
        History history = null!;
        for (int from = 0; from < 2 * EpochsOfRound; from += EpochsOfRound)
        {
            foreach ((string name, Sequential model) in models)
            {
                history = model.Fit(Batches(rows: 160), epochs: from + EpochsOfRound, initialEpoch: from, verbose: 0,
                    validationData: Dataset.From(Batches(rows: 32)),
                    callbacks: Callbacks(4, behind, canReduce: true, name));
                Announcement.Tell("fitted");
            }
        }

        models[0].Model.Dispose();
        return (models[1].Model, history);
    }

    /// <summary>A program that goes to another folder while it trains.</summary>
    private static (Model Model, History History) Wandering(bool behind)
    {
        (NDArray x, NDArray y) = TrainingData.Create(rows: 192, columns: 8);
        Sequential model = Small(seed: 2);
        Directory.CreateDirectory("elsewhere");
        string elsewhere = Path.GetFullPath("elsewhere");
        var wander = new LambdaCallback(onEpochBegin: (epoch, _) => Environment.CurrentDirectory = epoch == 1 ? elsewhere
            : Environment.CurrentDirectory);
        return (model, model.Fit(x, y, BatchSize, epochs: 4, verbose: 0, callbacks: [wander, .. Callbacks(4, behind, canReduce: true)]));
    }

    private static Sequential Small(long seed)
    {
        var model = new Sequential([new Input([8]), new Dense(12, activation: "relu"), new Dropout(0.2), new Dense(1)], seed: seed);
        model.Compile(new Adam(0.01), "mse", ["mae"]);
        return model;
    }

    private static Callback[] Callbacks(BackupFrequency frequency, bool behind, bool canReduce, string? runName = null) =>
    [
        new Announcement(),

        // A callback can't reduce a learning rate that follows a schedule.
        canReduce ? new ReduceLROnPlateau(factor: 0.5, patience: 1, minDelta: 0.05) : new TerminateOnNaN(),
        new ModelCheckpoint("best.h5", saveBestOnly: true),
        new ModelCheckpoint("batches/{epoch:02d}-{batch:02d}.weights.h5", saveWeightsOnly: true, saveFreq: 13, keepLast: 3),
        new ModelCheckpoint("behind/{epoch:02d}.h5", asynchronous: true, keepBest: 2),
        new EarlyStopping(patience: 6, restoreBestWeights: true),
        new CSVLogger("log.csv", append: true),
        new TensorBoard(StoppedClock.Instance, "events", histogramFreq: 4, updateFreq: 5),
        new BackupAndRestore("backup", frequency, asynchronous: behind, runName: runName),
    ];

    private static IEnumerable<Batch> Batches(int rows)
    {
        (NDArray x, NDArray y) = TrainingData.Create(rows, columns: 8);
        float[] inputs = x.ToArray(), targets = y.ToArray();
        for (int row = 0; row + BatchSize <= rows; row += BatchSize)
        {
            yield return new Batch(
                NDArray.From(inputs[(row * 8)..((row + BatchSize) * 8)], [BatchSize, 8]),
                NDArray.From(targets[row..(row + BatchSize)], [BatchSize, 1]));
        }
    }
}
