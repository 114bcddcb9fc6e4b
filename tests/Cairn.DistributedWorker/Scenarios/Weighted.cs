using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker.Scenarios;

internal static class Weighted
{
    /// <summary>A weight for each sample, in the loss and in a metric.</summary>
    public static (Model Model, History History) Samples(DataParallel? distribution) => Fit(
        distribution, new MeanSquaredError(), (model, x, y) => model.Fit(
            x, y, batchSize: 16, epochs: 2, verbose: 0, sampleWeight: TrainingData.Weights(53)));

    /// <summary>Weights of classes.</summary>
    public static (Model Model, History History) Classes(DataParallel? distribution) => Fit(
        distribution, new BinaryCrossentropy(fromLogits: true), (model, x, y) => model.Fit(
            x, y, batchSize: 16, epochs: 2, verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1, [1] = 3 }));

    /// <summary>A loss that is divided by the sum of the weights of the whole batch.</summary>
    public static (Model Model, History History) MeanWithSampleWeight(DataParallel? distribution) => Fit(
        distribution, new MeanSquaredError(reduction: "mean_with_sample_weight"), (model, x, y) => model.Fit(
            x, y, batchSize: 16, epochs: 2, verbose: 0, sampleWeight: TrainingData.Weights(53)));

    /// <summary>A loss that is the sum over the batch, also where its gradient is computed in one pass.</summary>
    public static (Model Model, History History) Sum(DataParallel? distribution) => Fit(
        distribution, new BinaryCrossentropy(fromLogits: true, reduction: "sum"), (model, x, y) => model.Fit(
            x, y, batchSize: 16, epochs: 2, verbose: 0));

    /// <summary>A loss that is the mean over the positions whose class is not ignored.</summary>
    public static (Model Model, History History) IgnoredClass(DataParallel? distribution)
    {
        var model = new Sequential([new Input([6]), new Dense(3)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), new SparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 2));
        (NDArray x, _) = TrainingData.Regression(53, 6);
        var labels = NDArray.From([.. Enumerable.Range(0, 53).Select(row => (float)(row * row % 3 + (row % 7 == 0 ? 2 : 0)) % 3)], [53]);
        return (model, model.Fit(x, labels, batchSize: 16, epochs: 2, verbose: 0));
    }

    private static (Model Model, History History) Fit(DataParallel? distribution, Loss loss, Func<Model, NDArray, NDArray, History> fit)
    {
        var model = new Sequential([new Input([6]), new Dense(8, activation: "tanh"), new Dense(1)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.02), loss, weightedMetrics: ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Classes(53, 6);
        return (model, fit(model, x, y));
    }
}
