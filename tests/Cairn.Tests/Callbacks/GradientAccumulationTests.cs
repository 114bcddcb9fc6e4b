using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Callbacks;

public sealed class GradientAccumulationTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2, 2, 2, 0, 2 }, [8, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5, 6, 2 }, [8, 1]);

    [Fact]
    public void Accumulated_batches_train_like_one_large_batch()
    {
        // The mean of the gradients of four batches of two is the gradient of the batch of eight.
        using Sequential large = Linear(new Adam(0.1));
        large.Fit(X, Y, batchSize: 8, epochs: 5, verbose: 0, shuffle: false);
        using Sequential small = Linear(new Adam(0.1));
        History history = small.Fit(X, Y, batchSize: 2, epochs: 5, verbose: 0, shuffle: false, callbacks: [new GradientAccumulation(4)]);
        AssertClose(large, small);
        Assert.Equal(5, small.Optimizer!.Iterations);
        Assert.Equal(["0 gradient_accumulation_set"], history.Events.Select(happened => $"{happened.Epoch} {happened.Kind}"));
        Assert.Equal((1.0, 4.0, "accumulating the gradients of 4 batches per update"),
            (history.Events[0].OldValue, history.Events[0].NewValue, history.Events[0].Message));
    }

    [Fact]
    public void The_last_batch_of_an_epoch_updates_the_weights_with_the_accumulated_gradients()
    {
        // Three batches per epoch, two per update: the first four samples make one, the last two another.
        using Sequential expected = Linear(new SGD(0.1, momentum: 0.5));
        (float[]? x, float[]? y) = (X.ToArray(), Y.ToArray());
        for (int epoch = 0; epoch < 2; epoch++)
        {
            expected.Fit(NDArray.From(x[..8], [4, 2]), NDArray.From(y[..4], [4, 1]), batchSize: 4, verbose: 0, shuffle: false);
            expected.Fit(NDArray.From(x[8..12], [2, 2]), NDArray.From(y[4..6], [2, 1]), batchSize: 2, verbose: 0, shuffle: false);
        }

        using Sequential actual = Linear(new SGD(0.1, momentum: 0.5));
        actual.Fit(
            NDArray.From(x[..12], [6, 2]), NDArray.From(y[..6], [6, 1]), batchSize: 2, epochs: 2, verbose: 0, shuffle: false,
            callbacks: [new GradientAccumulation(2)]);
        AssertClose(expected, actual);
        Assert.Equal((4, 6), (actual.Optimizer!.Iterations, actual.Optimizer.Steps));
    }

    [Fact]
    public void The_number_of_batches_follows_its_schedule_and_the_optimizer_is_restored_at_the_end()
    {
        using Sequential model = Linear(new Adam(0.01, gradientAccumulationSteps: 2));
        var output = new StringWriter();
        model.Output = output;
        var counts = new List<(int Steps, long Changes)>();
        var look = new LambdaCallback(onEpochEnd: (_, _) => counts.Add((model.Optimizer!.AccumulationSteps, model.Optimizer.Iterations)));
        History history = model.Fit(
            X, Y, batchSize: 2, epochs: 5, verbose: 0,
            callbacks: [new GradientAccumulation(new Dictionary<int, int> { [3] = 1, [1] = 4 }, verbose: 1), look]);

        // Four batches per epoch: two updates, then one in each of two epochs, then four.
        Assert.Equal([(2, 2), (4, 3), (4, 4), (1, 8), (1, 12)], counts);
        Assert.Equal(["1: 2 -> 4", "3: 4 -> 1"],
            history.Events.Select(happened => $"{happened.Epoch}: {happened.OldValue} -> {happened.NewValue}"));
        Assert.Equal((2, 12, 20), (model.Optimizer!.AccumulationSteps, model.Optimizer.Iterations, model.Optimizer.Steps));
        Assert.Equal(
            "\nEpoch 2: GradientAccumulation accumulating the gradients of 4 batches per update.\n"
            + "\nEpoch 4: GradientAccumulation accumulating the gradients of each batch per update.\n",
            output.ToString());

        // The state of gradient accumulation is created again, first and before Adam's.
        Assert.Equal(
            ["gradient_accumulator", "gradient_accumulator", "momentum", "velocity", "momentum", "velocity"],
            model.Optimizer.SlotVariables.Select(variable => variable.Name));
    }

    [Fact]
    public void A_file_saved_during_accumulation_contains_the_number_of_accumulated_batches()
    {
        using var folder = new Saving.TemporaryFolder();
        using Sequential model = Linear(new Adam(0.01));
        model.Fit(
            X, Y, batchSize: 3, epochs: 2, verbose: 0,
            callbacks: [new GradientAccumulation(2), new ModelCheckpoint(folder["{epoch}-{batch}.keras"], saveFreq: 4)]);
        using var loaded = Model.Load(folder["2-1.keras"]);
        Assert.Equal((2, 4), (loaded.Optimizer!.AccumulationSteps, loaded.Optimizer.Steps));
        Assert.Contains(loaded.Optimizer.SlotVariables.Where(variable => variable.Name == "gradient_accumulator"),
            variable => variable.ToNDArray().ToArray().Any(number => number != 0));
    }

    [Fact]
    public void Gradients_of_an_aborted_epoch_do_not_change_restored_weights()
    {
        using Sequential model = Linear(new SGD(0.1));
        using var stop = new CancellationTokenSource();
        NDArray[] best = model.GetWeights();
        var putBack = new LambdaCallback(onTrainBatchEnd: (_, _) => stop.Cancel(), onTrainEnd: _ => model.SetWeights(best));
        model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0, callbacks: [putBack, new GradientAccumulation(3)],
            cancellationToken: stop.Token);
        Assert.Equal(best.SelectMany(weight => weight.ToArray()), model.GetWeights().SelectMany(weight => weight.ToArray()));
        Assert.Equal(1, model.Optimizer!.AccumulationSteps);
    }

    [Fact]
    public void An_invalid_schedule_is_refused()
    {
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulation(0)).ParamName);
        Assert.Contains("schedule is empty",
            Assert.Throws<ArgumentException>(() => new GradientAccumulation(new Dictionary<int, int>())).Message);
        Assert.Contains("epoch 3 to 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulation(new Dictionary<int, int> { [3] = 0 })).Message);
        Assert.Contains("epoch -1 to 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientAccumulation(new Dictionary<int, int> { [-1] = 2 })).Message);
    }

    private static Sequential Linear(Optimizer optimizer)
    {
        var model = new Sequential([new Input([2]), new Dense(1)], seed: 7);
        model.Compile(optimizer, "mse");
        return model;
    }

    private static void AssertClose(Model expected, Model actual)
    {
        foreach ((float one, float other) in expected.GetWeights().SelectMany(weight => weight.ToArray())
            .Zip(actual.GetWeights().SelectMany(weight => weight.ToArray())))
        {
            Assert.Equal(one, other, 1e-5f);
        }
    }
}
