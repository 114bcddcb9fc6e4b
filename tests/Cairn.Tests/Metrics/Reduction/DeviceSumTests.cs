using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

/// <summary>Sums that stay on their device until they are read: the implementation for other devices, run on the CPU.</summary>
public sealed class DeviceSumTests
{
    [Theory]
    [MemberData(nameof(MetricStateTests.Names), MemberType = typeof(MetricStateTests))]
    public void No_step_waits_for_the_device_and_the_numbers_are_those_of_the_CPU(string name)
    {
        Metric near = MetricStateTests.Create(name), far = MetricStateTests.Create(name);
        long waits = Far(() => Update(far, name, 0, 6));
        Update(near, name, 0, 6);

        Assert.Equal(0, waits);
        Assert.Equal(near.Results(), Read(far, out long reads));
        Assert.InRange(reads, 1, 12);
    }

    [Theory]
    [MemberData(nameof(MetricStateTests.Names), MemberType = typeof(MetricStateTests))]
    public void A_restored_state_continues_with_the_same_bits_and_a_reset_clears_pending_values(string name)
    {
        Metric whole = MetricStateTests.Create(name), first = MetricStateTests.Create(name), second = MetricStateTests.Create(name);
        Far(() =>
        {
            Update(whole, name, 0, 6);
            Update(first, name, 0, 3);
            Update(second, name, 1, 5);
            second.ResetState();
            Update(second, name, 4, 6);
            second.LoadState(MetricStateTests.Copied(first.SaveState()!));
            Update(second, name, 3, 6);
        });
        Assert.Equal(Read(whole, out _), Read(second, out _));
    }

    [Fact]
    public void Weighted_sums_and_means_are_those_of_the_CPU()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor(new float[,] { { 1, 2 }, { 3, 5 }, { 8, 13 } }), weights = tensor([0.5f, 2f, 0.25f]);
        foreach (bool weighted in new[] { false, true })
        {
            Mean nearMean = new(), farMean = new();
            Sum nearSum = new(), farSum = new();
            Add(nearMean, nearSum);
            Assert.Equal(0, Far(() => Add(farMean, farSum)));
            Assert.Equal((nearMean.Result(), nearSum.Result()), (farMean.Result(), farSum.Result()));

            void Add(Mean mean, Sum sum)
            {
                for (int i = 0; i < 3; i++)
                {
                    mean.UpdateState(values, weighted ? weights : null);
                    sum.UpdateState(values, weighted ? weights : null);
                }
            }
        }
    }

    [Fact]
    public void Training_waits_once_per_epoch_for_each_value_and_per_batch_only_if_a_callback_reads_it()
    {
        // Loss and three metrics, each a sum and, if weighted, the sum of the weights: read only at the end of the epoch.
        (History near, _) = Train(far: false);
        (History far, long few) = Train(far: true);
        (History read, long many) = Train(far: true, new LambdaCallback(onTrainBatchEnd: (_, logs) => Assert.True(logs["loss"] > 0)));

        Assert.Equal(near["loss"], far["loss"]);
        Assert.Equal(near["auc"], far["auc"]);
        Assert.Equal(near["mae"], read["mae"]);
        Assert.InRange(few, 1, 2 * 3 * 8);
        Assert.InRange(many, 2 * 25, long.MaxValue);
    }

    [Fact]
    public void A_sum_started_in_an_evaluation_continues_in_a_training()
    {
        using Sequential model = Model();
        (float[,] x, float[,] y) = Data();
        Logs logs = Logs.Empty;
        Far(() =>
        {
            model.TestOnBatch(x, y);
            logs = model.TrainOnBatch(x, y);
        });
        using Sequential other = Model();
        other.TestOnBatch(x, y);
        Assert.Equal(other.TrainOnBatch(x, y)["mae"], logs["mae"]);
    }

    private static (History History, long Waits) Train(bool far, params Callback[] callbacks)
    {
        using Sequential model = Model();
        (float[,] x, float[,] y) = Data();
        History? history = null;
        void Fit() => history = model.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0, validationData: (x, y), callbacks: callbacks);
        long waits = 0;
        if (far)
        {
            waits = Far(Fit);
        }
        else
        {
            Fit();
        }

        return (history!, waits);
    }

    private static Sequential Model()
    {
        var model = new Sequential([new Input([3]), new Dense(4, activation: "tanh"), new Dense(1, activation: "sigmoid")], seed: 5);
        model.Compile("sgd", "binary_crossentropy", ["mae", new AUC(), new Precision()]);
        return model;
    }

    private static (float[,] X, float[,] Y) Data()
    {
        (float[,]? x, float[,]? y) = (new float[100, 3], new float[100, 1]);
        for (int i = 0; i < 100; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                x[i, j] = MathF.Sin((3 * i) + j);
            }

            y[i, 0] = i % 2;
        }

        return (x, y);
    }

    private static void Update(Metric metric, string name, int from, int to)
    {
        for (int batch = from; batch < to; batch++)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor yTrue, Tensor yPred) = MetricStateTests.Batch(name, batch);
            metric.UpdateState(yTrue, yPred);
        }
    }

    private static double[] Read(Metric metric, out long waits)
    {
        double[] results = [];
        waits = Far(() => results = metric.Results());
        return results;
    }

    // The number of waits for the simulated device.
    private static long Far(Action work)
    {
        long before = HostNumbers.Waits;
        HostNumbers.CpuIsFar = true;
        try
        {
            work();
        }
        finally
        {
            HostNumbers.CpuIsFar = false;
        }

        return HostNumbers.Waits - before;
    }
}
