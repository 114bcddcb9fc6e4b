using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker.Scenarios;

internal static class Layered
{
    /// <summary>Masked steps count neither in the loss nor in the metrics: the mean is over the positions of all processes.</summary>
    public static (Model Model, History History) Masks(DataParallel? distribution)
    {
        var model = new Sequential(
            [new Input([5]), new Embedding(10, 4, maskZero: true), new LSTM(6, returnSequences: true), new Dense(1)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.1), "mse", ["mae"]);
        NDArray words = TrainingData.Words(45, 5);
        var targets = NDArray.From([.. words.ToArray().Select(word => word / 5)], [45, 5, 1]);
        return (model, model.Fit(words, targets, batchSize: 16, epochs: 2, verbose: 0, validationSplit: 0.2));
    }

    /// <summary>Dropout in masks of odd length, of features and of whole channels.</summary>
    public static (Model Model, History History) Dropouts(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new Dense(15, activation: "tanh"), new Dropout(0.4), new Reshape([5, 3]), new SpatialDropout1D(0.3),
            new Flatten(),
            new Dense(7), new Dropout(0.5, noiseShape: [Shape.None, 1]), new Dense(1),
        ]);

    /// <summary>Steps that run by a plan; an odd number of columns.</summary>
    public static (Model Model, History History) PlannedDropouts(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new Dense(15, activation: "tanh"), new Dropout(0.4), new Dense(7, activation: "relu"), new Dropout(0.5),
            new Dense(1),
        ]);

    /// <summary>Noise from libtorch's generator.</summary>
    public static (Model Model, History History) Noise(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new GaussianNoise(0.3), new Dense(9, activation: "tanh"), new GaussianDropout(0.2), new AlphaDropout(0.2),
            new Dense(1),
        ]);

    /// <summary>A block that is computed again in the backward pass.</summary>
    public static (Model Model, History History) Recomputed(DataParallel? distribution) => Fit(
        distribution,
        [new Input([6]), new Dense(8, activation: "tanh"), new Dense(8, activation: "tanh") { Recompute = true }, new Dense(1)]);

    /// <summary>Dropout of the inputs and states of a recurrent layer.</summary>
    public static (Model Model, History History) RecurrentDropout(DataParallel? distribution) => Fit(
        distribution,
        [new Input([6]), new Reshape([3, 2]), new GRU(5, dropout: 0.3, recurrentDropout: 0.2), new Dense(1)]);

    /// <summary>Dropout of sequences whose memory begins with the steps, except that of a single row; batches of 4 rows.</summary>
    public static (Model Model, History History) SequenceDropout(DataParallel? distribution)
    {
        var model = new Sequential(
            [
                new Input([3, 2]), new LSTM(5, returnSequences: true), new Dropout(0.3), new GRU(4, returnSequences: true),
                new Dropout(0.4, noiseShape: [Shape.None, Shape.None, 1]), new GlobalAveragePooling1D(), new Dense(1),
            ],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(21, 6);
        return (model, model.Fit(NDArray.From(x.ToArray(), [21, 3, 2]), y, batchSize: 4, epochs: 2, verbose: 0));
    }

    /// <summary>Penalties of weights and of outputs, and a loss that a layer adds.</summary>
    public static (Model Model, History History) Penalties(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new Dense(8, activation: "tanh", kernelRegularizer: "l2", activityRegularizer: "l1"),
            new ActivityRegularization(l2: 0.1), new MeanAdded(), new Dense(1, biasRegularizer: "l1"),
        ]);

    /// <summary>A layer that changes the weight of another one before it computes; the penalty is that of the changed weight.</summary>
    public static (Model Model, History History) SpectralNormalization(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new SpectralNormalization(new Dense(8, activation: "tanh", kernelRegularizer: "l2")),
            new SpectralNormalization(new Dense(5)), new Dense(1),
        ]);

    /// <summary>Images that are changed at random, each in its own way, before a convolution.</summary>
    public static (Model Model, History History) Augmentation(DataParallel? distribution)
    {
        var model = new Sequential(
            [
                new Input([6, 6, 1]), new RandomFlip(), new RandomRotation(0.2), new RandomTranslation(0.1, 0.1), new RandomContrast(0.3),
                new Conv2D(3, 3, activation: "tanh"), new SpatialDropout2D(0.3), new GlobalAveragePooling2D(), new Dense(1),
            ],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(35, 36);
        return (model, model.Fit(NDArray.From(x.ToArray(), [35, 6, 6, 1]), y, batchSize: 16, epochs: 2, verbose: 0));
    }

    /// <summary>Attention with dropout, and a branch that is left out for some samples.</summary>
    public static (Model Model, History History) Attention(DataParallel? distribution)
    {
        var input = new Input([4, 6]);
        KerasTensor attended = new MultiHeadAttention(2, 3, dropout: 0.2).Apply(input, input);
        KerasTensor sum = new Add().Apply(input, new StochasticDepth(0.3).Apply(attended));
        var model = new Functional(input, new Dense(1).Apply(new Flatten().Apply(new LayerNormalization().Apply(sum))), seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(35, 24);
        return (model, model.Fit(NDArray.From(x.ToArray(), [35, 4, 6]), y, batchSize: 16, epochs: 2, verbose: 0));
    }

    /// <summary>Mean and variance of the whole batch, for features and for channels of images, also where a process has one row.</summary>
    public static (Model Model, History History) SynchronizedBatchNormalization(DataParallel? distribution) => Fit(
        distribution,
        [
            new Input([6]), new Dense(8), new BatchNormalization(synchronized: true), new Dense(8, activation: "tanh"),
            new Reshape([2, 2, 2]), new BatchNormalization(axis: 1, momentum: 0.9, synchronized: true), new Flatten(), new Dense(1),
        ]);

    /// <summary>Batches of one row, whose normalized values are exactly 0, where the gradient of relu is 0.</summary>
    public static (Model Model, History History) NormalizationOfOneRow(DataParallel? distribution)
    {
        var model = new Sequential(
            [new Input([6]), new Dense(8), new BatchNormalization(synchronized: true), new Dense(8, activation: "relu"), new Dense(1)],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(7, 6);
        return (model, model.Fit(x, y, batchSize: 1, epochs: 2, verbose: 0));
    }

    /// <summary>Masked positions count in no process.</summary>
    public static (Model Model, History History) MaskedBatchNormalization(DataParallel? distribution)
    {
        var model = new Sequential(
            [new Input([5]), new Embedding(10, 4, maskZero: true), new BatchNormalization(synchronized: true), new LSTM(3), new Dense(1)],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.1), "mse");
        NDArray words = TrainingData.Words(30, 5);
        return (model, model.Fit(words, TrainingData.Regression(30, 2).Y, batchSize: 8, epochs: 2, verbose: 0));
    }

    /// <summary>Two inputs and two outputs with a loss, a weight and metrics each.</summary>
    public static (Model Model, History History) SeveralInputsAndOutputs(DataParallel? distribution)
    {
        var a = new Input([6], name: "a");
        var b = new Input([2], name: "b");
        KerasTensor both = new Concatenate().Apply([new Dense(5, activation: "tanh").Apply(a), b]);
        var model = new Functional(
            inputs: [a, b],
            outputs: [new Dense(1, name: "value").Apply(both), new Dense(1, activation: "sigmoid", name: "sign").Apply(both)],
            seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), ["mse", "binary_crossentropy"], metrics: [["mae"], ["accuracy"]], lossWeights: [1, 0.5]);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        (NDArray z, _) = TrainingData.Regression(53, 2, seed: 8);
        (_, NDArray sign) = TrainingData.Classes(53, 6);
        return (model, model.Fit([x, z], [y, sign], batchSize: 16, epochs: 2, verbose: 0, validationSplit: 0.2));
    }

    private static (Model Model, History History) Fit(DataParallel? distribution, Layer[] layers)
    {
        var model = new Sequential([.. layers], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.05), "mse", ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Regression(53, 6);
        return (model, model.Fit(x, y, batchSize: 16, epochs: 2, verbose: 0));
    }
}
