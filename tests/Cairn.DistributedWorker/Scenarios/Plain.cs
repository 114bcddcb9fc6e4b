using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker.Scenarios;

internal static class Plain
{
    /// <summary>Shuffled batches, the last of which has 5 rows; validation data that no number of processes divides.</summary>
    public static (Model Model, History History) Train(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        model.Compile(new SGD(0.05, momentum: 0.9), "mse", ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Regression(101, 6);
        (NDArray, NDArray) held = TrainingData.Regression(37, 6, seed: 4);
        return (model, model.Fit(x, y, batchSize: 16, epochs: 3, verbose: 0, validationData: held));
    }

    /// <summary>Metrics whose states are means, counts at thresholds, confusion matrices and sums of squares.</summary>
    public static (Model Model, History History) Metrics(DataParallel? distribution)
    {
        Sequential model = Network(distribution, "sigmoid");
        model.Compile(new SGD(0.1), "binary_crossentropy",
            ["accuracy", new AUC(), new Precision(), new Recall(), new BinaryIoU(), new F1Score(), new R2Score(),
                new MeanSquaredError(), new PrecisionAtRecall(0.5)]);
        (NDArray x, NDArray y) = TrainingData.Classes(90, 6);
        return (model, model.Fit(x, y, batchSize: 32, epochs: 2, verbose: 0, validationSplit: 0.2));
    }

    /// <summary>Batches of 2 rows, the last of 1: with 3 and 4 processes some have none.</summary>
    public static (Model Model, History History) FewRows(DataParallel? distribution)
    {
        Sequential model = Network(distribution, "sigmoid");
        model.Compile(new SGD(0.05), "binary_crossentropy", ["accuracy", new AUC(), new F1Score(), new R2Score()]);
        (NDArray x, NDArray y) = TrainingData.Classes(9, 6);
        (NDArray, NDArray) held = TrainingData.Classes(3, 6, seed: 4);
        return (model, model.Fit(x, y, batchSize: 2, epochs: 2, verbose: 0, validationData: held, validationBatchSize: 1));
    }

    /// <summary>Without shuffling, with epochs of a number of steps that the data do not divide.</summary>
    public static (Model Model, History History) InOrder(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        model.Compile(new SGD(0.05), "mae", stepsPerExecution: 2);
        (NDArray x, NDArray y) = TrainingData.Regression(50, 6);
        return (model, model.Fit(x, y, batchSize: 8, epochs: 4, verbose: 0, shuffle: false, stepsPerEpoch: 5));
    }

    /// <summary>An optimizer with state, and a learning rate that is halved by a callback.</summary>
    public static (Model Model, History History) WithAdam(DataParallel? distribution)
    {
        Sequential model = Network(distribution);
        model.Compile(new Adam(0.01), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(64, 6);
        return (model, model.Fit(x, y, batchSize: 16, epochs: 3, verbose: 0, callbacks:
            [new Cairn.Callbacks.LearningRateScheduler((epoch, rate) => epoch == 0 ? rate : rate / 2)]));
    }

    /// <summary>Gradients of several messages.</summary>
    public static (Model Model, History History) Large(DataParallel? distribution)
    {
        var model = new Sequential(
            [
                new Input([6]), new Dense(1100, activation: "tanh"), new Dense(1100, activation: "tanh"),
                new Dense(1100, activation: "tanh"), new Dense(1),
            ],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.001), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(24, 6);
        return (model, model.Fit(x, y, batchSize: 8, epochs: 1, verbose: 0));
    }

    /// <summary>Gradients of 1.5 MB.</summary>
    public static (Model Model, History History) Medium(DataParallel? distribution)
    {
        var model = new Sequential(
            [new Input([6]), new Dense(600, activation: "tanh"), new Dense(600, activation: "tanh"), new Dense(1)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.001), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(32, 6);
        return (model, model.Fit(x, y, batchSize: 8, epochs: 1, verbose: 0));
    }

    private static Sequential Network(DataParallel? distribution, string activation = "linear")
    {
        var model = new Sequential([new Input([6]), new Dense(16, activation: "tanh"), new Dense(1, activation: activation)], seed: 5);
        model.Distribute(distribution);
        return model;
    }
}
