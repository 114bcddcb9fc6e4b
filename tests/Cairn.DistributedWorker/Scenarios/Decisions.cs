using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker.Scenarios;

/// <summary>What one process decides, all do; the last process of several decides as the only one does.</summary>
internal static class Decisions
{
    /// <summary>The last process stops in the middle of an epoch.</summary>
    public static (Model Model, History History) StopAfterBatch(DataParallel? distribution) =>
        Fit(distribution, new Last((model, epoch, batch) =>
    {
        if ((epoch, batch) == (1, 2))
        {
            model.StopTraining = true;
        }
    }));

    /// <summary>The last process stops after an epoch.</summary>
    public static (Model Model, History History) StopAfterEpoch(DataParallel? distribution) =>
        Fit(distribution, new LambdaCallback(), new AtEnd());

    /// <summary>The last process is canceled.</summary>
    public static (Model Model, History History) Cancel(DataParallel? distribution)
    {
        var cancel = new CancellationTokenSource();
        return Fit(distribution, cancel.Token, new Last((_, epoch, batch) =>
        {
            if ((epoch, batch) == (2, 1))
            {
                cancel.Cancel();
            }
        }));
    }

    /// <summary>The loss of one row is infinite.</summary>
    public static (Model Model, History History) NotANumber(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        float[] targets = y.ToArray();
        targets[40] = float.PositiveInfinity;
        return (model, model.Fit(x, NDArray.From(targets, [53, 1]), batchSize: 16, epochs: 3, verbose: 0, shuffle: false, allowNaN: true,
            callbacks: [new TerminateOnNaN()]));
    }

    /// <summary>Callbacks that decide by the validation.</summary>
    public static (Model Model, History History) EarlyStopping(DataParallel? distribution) => Fit(
        distribution, new ReduceLROnPlateau(patience: 1, minDelta: 0.2),
        new EarlyStopping(patience: 2, minDelta: 0.3, restoreBestWeights: true));

    /// <summary>A time budget: the clock of the first process decides, and only it writes the file.</summary>
    public static (Model Model, History History) TimeBudget(DataParallel? distribution)
    {
        int rank = distribution?.Replicas.Rank ?? 0;
        string folder = Directory.CreateTempSubdirectory("cairn-time-").FullName;
        string file = Path.Combine(folder, "in_time.weights.h5");
        var timer = new TrainingTimer(TimeSpan.FromSeconds(5.5), file, saveWeightsOnly: true, verbose: 0, new CountingClock(1 + rank));
        (Model Model, History History) trained = Fit(distribution, timer);
        bool isWritten = File.Exists(file);
        Directory.Delete(folder, recursive: true);
        return isWritten == (rank == 0) ? trained
            : throw new InvalidOperationException($"Rank {rank} {(isWritten ? "has written" : "has not written")} the model.");
    }

    /// <summary>A loss scale that overflows in one row only: all processes skip the step.</summary>
    public static (Model Model, History History) Overflow(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        model.Compile(new LossScaleOptimizer(new SGD(0.001), 1e30, 2), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        float[] targets = y.ToArray();
        targets[40] = 1e10f;
        return (model, model.Fit(x, NDArray.From(targets, [53, 1]), batchSize: 16, epochs: 2, verbose: 0, shuffle: false));
    }

    /// <summary>A search for the learning rate, which puts the weights and the optimizer back in the middle of an epoch.</summary>
    public static (Model Model, History History) LearningRateSearch(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        model.Compile(new SGD(0.05, momentum: 0.9), "mse", ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        return (model, model.Fit(x, y, batchSize: 16, epochs: 6, verbose: 0, callbacks:
            [new LearningRateFinder(1e-3, 0.1, steps: 10, setLearningRate: true)]));
    }

    /// <summary>The logs of batches are those of all processes; read in one process, all exchange them.</summary>
    public static (Model Model, History History) BatchLogs(DataParallel? distribution) => Fit(distribution, new Reading());

    /// <summary>Callbacks see the gradients of the whole batch.</summary>
    public static (Model Model, History History) Gradients(DataParallel? distribution) => Fit(distribution, new GradientMonitor());

    /// <summary>A callback disposes the model when its training has ended; then another one is trained.</summary>
    public static (Model Model, History History) DisposedAtTheEnd(DataParallel? distribution)
    {
        Sequential first = Network(distribution);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        first.Fit(x, y, batchSize: 16, epochs: 2, verbose: 0, callbacks: [new LambdaCallback(onTrainEnd: _ => first.Dispose())]);
        return Fit(distribution);
    }

    private static (Model Model, History History) Fit(DataParallel? distribution, params Callback[] callbacks) =>
        Fit(distribution, CancellationToken.None, callbacks);

    private static (Model Model, History History) Fit(DataParallel? distribution, CancellationToken cancellation,
        params Callback[] callbacks)
    {
        Sequential model = Network(distribution);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        return (model, model.Fit(x, y, batchSize: 16, epochs: 6, verbose: 0, validationSplit: 0.2, callbacks: callbacks,
            cancellationToken: cancellation));
    }

    private static Sequential Network(DataParallel? distribution)
    {
        var model = new Sequential([new Input([6]), new Dense(8, activation: "tanh"), new Dropout(0.2), new Dense(1)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse", ["mae"]);
        return model;
    }

    private sealed class Last(Action<Model, int, int> act) : Callback
    {
        private int epoch;

        public override void OnEpochBegin(int epoch, Logs logs) => this.epoch = epoch;

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            if (Params.Rank == Params.Replicas - 1)
            {
                act(Model, epoch, batch);
            }
        }
    }

    private sealed class AtEnd : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            if (epoch == 1 && Params.Rank == Params.Replicas - 1)
            {
                Model.StopTraining = true;
            }
        }
    }

    /// <summary>A clock that goes on by some seconds whenever it is read.</summary>
    private sealed class CountingClock(int seconds) : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now += seconds;
    }

    private sealed class Reading : Callback
    {
        private double first;
        private double tested;

        public override void OnTrainBatchEnd(int batch, Logs logs) => first = batch == 0 ? logs["loss"] : first;

        public override void OnTestBatchEnd(int batch, Logs logs) => tested = batch == 0 ? logs["mae"] : tested;

        public override void OnEpochEnd(int epoch, Logs logs) => (logs["first_loss"], logs["tested"]) = (first, tested);
    }
}
