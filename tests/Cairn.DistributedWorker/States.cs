using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker;

/// <summary>The state that processes share: where they begin, and moving statistics of their rows.</summary>
internal static class States
{
    private const int Rows = 53;
    private const int Columns = 6;
    private const int BatchSize = 16;
    private const double Momentum = 0.9;

    /// <summary>Checks that a model without a seed begins with the weights of the first process.</summary>
    public static void CheckFirstWeights(Replicas replicas)
    {
        using var model = new Sequential([new Input([Columns]), new Dense(7, activation: "tanh"), new Dropout(0.3), new Dense(1)]);
        model.Distribute(new DataParallel(replicas));
        model.Compile(new SGD(0), "mse");
        float[] before = Numbers(model);
        (NDArray x, NDArray y) = TrainingData.Regression(Rows, Columns);
        model.Fit(x, y, batchSize: BatchSize, epochs: 1, verbose: 0);
        float[] after = Numbers(model);
        float[] first = [.. before];
        replicas.Broadcast<float>(first);
        Require(after.AsSpan().SequenceEqual(first), $"Rank {replicas.Rank} did not begin with the weights of the first process.");
        Require(replicas.Rank == 0 || !before.AsSpan().SequenceEqual(first), $"Rank {replicas.Rank} has drawn the weights of the first.");

        // Steps with numbers that are drawn from the seed, which is that of the first, too: Fit compares the weights.
        model.Compile(new SGD(0.1), "mse");
        model.Fit(x, y, batchSize: BatchSize, epochs: 2, verbose: 0);
    }

    /// <summary>Checks that moving statistics are the averages of those of all processes, weighted by their rows.</summary>
    public static void CheckMovingStatistics(Replicas replicas)
    {
        (NDArray x, NDArray y) = TrainingData.Regression(Rows, Columns);
        (double[] mean, double[] variance) = Expected(x.ToArray(), replicas);
        foreach (bool trainsAnything in new[] { true, false })
        {
            // The weights stay as they are, or there are none.
            var last = new Dense(1) { Trainable = trainsAnything };
            using var model = new Sequential(
                [new Input([Columns]), new BatchNormalization(momentum: Momentum, center: false, scale: false), last], seed: 5);
            model.Distribute(new DataParallel(replicas));
            model.Compile(new SGD(0), "mse");
            model.Fit(x, y, batchSize: BatchSize, epochs: 1, verbose: 0, shuffle: false);
            RequireClose("moving_mean", mean);
            RequireClose("moving_variance", variance);

            void RequireClose(string name, double[] expected)
            {
                float[] actual = model.Weights.Single(one => one.Name == name).ToNDArray().ToArray();
                Require(
                    expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5),
                    $"{name} is {string.Join(", ", actual)} instead of {string.Join(", ", expected)}.");
            }
        }
    }

    private static (double[] Mean, double[] Variance) Expected(float[] x, Replicas replicas)
    {
        double[] mean = new double[Columns];
        double[] variance = [.. Enumerable.Repeat(1.0, Columns)];
        for (int start = 0; start < Rows; start += BatchSize)
        {
            int rows = Math.Min(BatchSize, Rows - start);
            for (int column = 0; column < Columns; column++)
            {
                (double means, double variances) = (0, 0);
                for (int rank = 0; rank < replicas.Size; rank++)
                {
                    (int first, int end) = (rows * rank / replicas.Size, rows * (rank + 1) / replicas.Size);
                    double[] own = [.. Enumerable.Range(start + first, end - first).Select(row => (double)x[(row * Columns) + column])];
                    double center = own.Average();
                    means += center * own.Length / rows;
                    variances += own.Average(one => (one - center) * (one - center)) * own.Length / rows;
                }

                mean[column] = (mean[column] * Momentum) + (means * (1 - Momentum));
                variance[column] = (variance[column] * Momentum) + (variances * (1 - Momentum));
            }
        }

        return (mean, variance);
    }

    private static float[] Numbers(Model model) => [.. model.Weights.SelectMany(one => one.ToNDArray().ToArray())];

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
