using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Callbacks;

public sealed class LearningRateFinderTests
{
    // y = 3 at x = 1 without a bias: the loss is (w - 3)², and gradient descent diverges at rates above 1.
    private static readonly NDArray X = NDArray.From(Enumerable.Repeat(1f, 20).ToArray(), [20, 1]);
    private static readonly NDArray Y = NDArray.From(Enumerable.Repeat(3f, 20).ToArray(), [20, 1]);

    [Fact]
    public void The_rates_rise_geometrically_until_the_loss_diverges_and_the_suggestion_lies_where_it_falls()
    {
        using Sequential model = Line(new SGD(0.1));
        var finder = new LearningRateFinder(minLr: 1e-4, maxLr: 100, steps: 61, verbose: 1);
        var output = new StringWriter();
        model.Output = output;
        History history = model.Fit(X, Y, batchSize: 2, epochs: 50, verbose: 0, callbacks: [finder]);

        // Ten steps per power of ten.
        Assert.All(Enumerable.Range(0, finder.Rates.Count),
            index => Assert.Equal(1e-4 * Math.Pow(10, index / 10.0), finder.Rates[index], 1e-5 * finder.Rates[index]));
        Assert.True(finder.Diverged);
        Assert.InRange(finder.Rates[^1], 1, 50);
        Assert.InRange(finder.Suggestion!.Value, 1e-3, 1);
        Assert.Equal(finder.Rates.Count, finder.Losses.Count);
        Assert.Equal(finder.Rates.Count, finder.SmoothedLosses.Count);
        Assert.Equal([EventKind.WeightsRestored, EventKind.LearningRateFound], history.Events.Select(happened => happened.Kind));
        Assert.Equal((0.1f, finder.Suggestion), ((float)history.Events[1].OldValue!.Value, history.Events[1].NewValue));
        Assert.StartsWith("LearningRateFinder: the loss falls fastest at a learning rate of ", output.ToString());
    }

    [Fact]
    public void Model_and_optimizer_are_restored_bit_for_bit_before_the_validation()
    {
        using Sequential model = Line(new Adam(0.01));
        model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 0);
        (float[]? weights, float[]? state, long steps) = (Numbers(model), State(model), model.Optimizer!.Steps);
        float[] seen = [];
        var look = new LambdaCallback(onTestBegin: _ => seen = Numbers(model));
        model.Fit(X, Y, batchSize: 2, epochs: 50, verbose: 0, validationSplit: 0.2, callbacks: [new LearningRateFinder(steps: 30), look]);
        Assert.Equal(weights, seen);
        Assert.Equal(weights, Numbers(model));
        Assert.Equal(state, State(model));
        Assert.Equal((steps, 0.01f), (model.Optimizer.Steps, (float)model.Optimizer.LearningRate));
    }

    [Fact]
    public void Each_loss_is_that_of_its_batch_the_last_small_one_included()
    {
        // At these rates no weight changes, so the loss of a batch equals an evaluation of its samples.
        var random = new Random(5);
        (float[]? x, float[]? y) = (Floats(random, 19), Floats(random, 19));
        using Sequential model = Line(new SGD(0.1));
        var finder = new LearningRateFinder(1e-30, 1e-20, steps: 20, smoothing: 0, divergence: 1e9);
        model.Fit(NDArray.From(x, [19, 1]), NDArray.From(y, [19, 1]), batchSize: 2, epochs: 2, verbose: 0, shuffle: false,
            callbacks: [finder]);
        for (int batch = 0; batch < 20; batch++)
        {
            int from = batch % 10 * 2;
            int to = Math.Min(from + 2, 19);
            Logs logs = model.Evaluate(NDArray.From(x[from..to], [to - from, 1]), NDArray.From(y[from..to], [to - from, 1]), verbose: 0);
            Assert.Equal(logs["loss"], finder.Losses[batch], 1e-5);
            Assert.Equal(finder.Losses[batch], finder.SmoothedLosses[batch], 1e-12);
        }
    }

    [Fact]
    public void The_loss_of_a_group_of_batches_is_that_of_all_its_samples()
    {
        var random = new Random(6);
        (float[]? x, float[]? y) = (Floats(random, 19), Floats(random, 19));
        using Sequential model = Line(new SGD(0.1));
        model.Compile(new SGD(0.1), "mse", stepsPerExecution: 4);
        var finder = new LearningRateFinder(1e-30, 1e-20, steps: 10, smoothing: 0, divergence: 1e9);
        model.Fit(NDArray.From(x, [19, 1]), NDArray.From(y, [19, 1]), batchSize: 2, epochs: 4, verbose: 0, shuffle: false,
            callbacks: [finder]);
        for (int group = 0; group < 10; group++)
        {
            // Groups of four batches of two samples; the last of each epoch has three samples.
            int from = group % 3 * 8;
            int to = Math.Min(from + 8, 19);
            Logs logs = model.Evaluate(NDArray.From(x[from..to], [to - from, 1]), NDArray.From(y[from..to], [to - from, 1]), verbose: 0);
            Assert.Equal(logs["loss"], finder.Losses[group], 1e-5);
        }
    }

    [Fact]
    public void The_smoothed_loss_is_a_moving_average_corrected_for_its_start()
    {
        using Sequential model = Line(new SGD(0.1));
        var finder = new LearningRateFinder(1e-3, 0.5, steps: 10, smoothing: 0.5);
        model.Fit(X, Y, batchSize: 2, epochs: 1, verbose: 0, callbacks: [finder]);
        Assert.Equal(finder.Losses[0], finder.SmoothedLosses[0], 1e-9);
        Assert.Equal((finder.Losses[0] + (2 * finder.Losses[1])) / 3, finder.SmoothedLosses[1], 1e-9);
        Assert.False(finder.Diverged);
    }

    [Fact]
    public void The_suggestion_can_be_set_and_the_next_training_uses_it()
    {
        using Sequential model = Line(new SGD(0.1));
        var finder = new LearningRateFinder(1e-4, 10, steps: 50, setLearningRate: true);
        model.Fit(X, Y, batchSize: 2, epochs: 50, verbose: 0, callbacks: [finder]);
        Assert.Equal((float)finder.Suggestion!.Value, (float)model.Optimizer!.LearningRate);
        Assert.Equal(finder.Suggestion.Value, model.Fit(X, Y, verbose: 0)["learning_rate"][0], 1e-6);
    }

    [Fact]
    public void Too_few_epochs_and_a_loss_that_never_falls_are_warned_about()
    {
        using Sequential model = Line(new SGD(0.1));
        History few = model.Fit(X, Y, batchSize: 10, epochs: 3, verbose: 0, callbacks: [new LearningRateFinder(1e-4, 1e-3, steps: 10)]);
        Assert.Contains("training ended after 6 of 10 batches", few.Events[0].Message);
        model.SetWeights([NDArray.From(new float[] { 3 }, [1, 1])]);
        var finder = new LearningRateFinder(steps: 10);
        History flat = model.Fit(X, Y, batchSize: 2, verbose: 0, callbacks: [finder]);
        Assert.Null(finder.Suggestion);
        Assert.Contains("the loss did not fall at any learning rate", flat.Events[^1].Message);
    }

    [Fact]
    public void Invalid_settings_are_refused()
    {
        Assert.Equal("minLr", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(0)).ParamName);
        Assert.Equal("maxLr", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(1, 1)).ParamName);
        Assert.Equal("maxLr", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(maxLr: double.NaN)).ParamName);
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(steps: 9)).ParamName);
        Assert.Equal("smoothing", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(smoothing: 1)).ParamName);
        Assert.Equal("divergence", Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder(divergence: 1)).ParamName);
        using Sequential model = Line(new SGD(new Cairn.Optimizers.Schedules.ExponentialDecay(0.1, 10, 0.5)));
        Assert.Contains("ExponentialDecay",
            Assert.Throws<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0, callbacks: [new LearningRateFinder()])).Message);
    }

    [Fact]
    public void The_sweep_is_plotted_with_its_suggestion()
    {
        using var folder = new Saving.TemporaryFolder();
        using Sequential model = Line(new SGD(0.1));
        var finder = new LearningRateFinder(1e-4, 100, steps: 61);
        Assert.Contains("No learning rates have been tried",
            Assert.Throws<InvalidOperationException>(() => finder.Plot(folder["lr.png"])).Message);
        model.Fit(X, Y, batchSize: 2, epochs: 50, verbose: 0, callbacks: [finder]);
        finder.Plot(folder["lr.png"], "sweep");
        using var picture = SkiaSharp.SKBitmap.Decode(folder["lr.png"]);
        Assert.Equal((1000, 650), (picture.Width, picture.Height));
        Assert.True(picture.Pixels.Count(pixel => pixel == SkiaSharp.SKColor.Parse("#1f5fa8")) > 500);
        Assert.True(picture.Pixels.Count(pixel => pixel == SkiaSharp.SKColor.Parse("#2b9348")) > 200);
    }

    private static Sequential Line(Optimizer optimizer)
    {
        var model = new Sequential([new Input([1]), new Dense(1, useBias: false)], seed: 2);
        model.Compile(optimizer, "mse");
        return model;
    }

    private static float[] Numbers(Model model) => [.. model.GetWeights().SelectMany(weight => weight.ToArray())];

    private static float[] State(Model model) => [.. model.Optimizer!.SlotVariables.SelectMany(variable => variable.ToNDArray().ToArray())];

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
}
