using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Training without targets, or with targets for some outputs only. What Keras 3.16 accepts was tried with it.</summary>
public sealed class NoTargetsTests
{
    private static readonly float[,] X = { { 1, 2 }, { 0, -1 }, { 2, 0 }, { 1, 1 }, { -1, 3 } };
    private static readonly float[,] Y = { { 1 }, { 0 }, { 2 }, { 1 }, { -1 } };

    [Fact]
    public void A_layer_with_a_loss_of_its_own_trains_without_targets_and_without_a_compiled_loss()
    {
        var input = new Input([2]);
        using var model = new Functional(input, new AddsSquare().Apply(input));
        model.Compile("adam");

        // mean([1, 4, 0, 1, 4, 0, 1, 1, 1, 9]) = 2.2
        Assert.Equal(2.2, model.Evaluate(X, verbose: 0)["loss"], 1e-6);
        Assert.Equal(2.2, model.TestOnBatch(X)["loss"], 1e-6);
    }

    [Fact]
    public void So_does_its_validation()
    {
        var input = new Input([2]);
        using var model = new Functional(input, new AddsSquare().Apply(new Dense(2).Apply(input)), seed: 1);
        model.Compile("sgd");

        History history = model.Fit(X, validationData: (X, null), epochs: 20, verbose: 0);

        Assert.True(history["val_loss"][^1] < history["val_loss"][0]);
        Assert.True(model.TrainOnBatch(X)["loss"] > 0);
        Assert.Single(model.Fit([new Batch(X)], verbose: 0)["loss"]);
    }

    [Fact]
    public void A_step_of_its_own_needs_no_targets_and_logs_its_loss_whatever_was_compiled()
    {
        foreach (Loss? loss in (Loss?[])[null, "mse"])
        {
            using var model = new PullsToZero();
            model.Compile("sgd", loss);

            History history = model.Fit(X, epochs: 3, verbose: 0);

            Assert.True(history["loss"][0] > 0);
            Assert.True(history["loss"][2] < history["loss"][0]);
        }
    }

    [Fact]
    public void A_loss_without_targets_says_which_argument_is_missing()
    {
        using var model = new Sequential([new Dense(1)]);
        model.Compile("sgd", "mse");

        Assert.StartsWith("y is missing", Assert.Throws<ArgumentException>(() => model.Fit(X, verbose: 0)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("validationData.Y is missing",
            Assert.Throws<ArgumentException>(() => model.Fit(X, Y, validationData: (X, null), verbose: 0)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("y is missing", Assert.Throws<ArgumentException>(() => model.Evaluate(X, verbose: 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_without_targets_say_so_too()
    {
        var input = new Input([2]);
        using var model = new Functional(input, new AddsSquare().Apply(input));
        model.Compile("sgd", metrics: ["mae"]);

        Assert.Contains("metrics need", Assert.Throws<ArgumentException>(() => model.Fit(X, verbose: 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_without_a_loss_needs_no_target()
    {
        OutputLosses[] losses = [[null, "mse"], new OutputLosses { ["free"] = null, ["trained"] = "mse" }];
        foreach (OutputLosses loss in losses)
        {
            using Functional all = Two(), one = Two(), named = Two(), streamed = Two();
            foreach (Functional model in (Functional[])[all, one, named, streamed])
            {
                model.Compile("sgd", loss);
            }

            double expected = all.Fit(X, [new float[5, 3], Y], shuffle: false, verbose: 0)["loss"][0];

            Assert.Equal(expected, one.Fit(X, Y, shuffle: false, verbose: 0)["loss"][0]);
            Assert.Equal(expected, named.Fit(X, new NDArrays { ["trained"] = Y }, shuffle: false, verbose: 0)["loss"][0]);
            Assert.Equal(expected, streamed.Fit([new Batch(X, new NDArrays { ["trained"] = Y })], verbose: 0)["loss"][0]);
            Assert.Equal(one.Evaluate(X, Y, verbose: 0)["loss"], all.Evaluate(X, [new float[5, 3], Y], verbose: 0)["loss"]);
        }
    }

    [Fact]
    public void An_output_with_a_metric_needs_one()
    {
        using Functional model = Two();
        model.Compile("sgd", [null, "mse"], new OutputMetrics { ["free"] = "mae" });

        Assert.Contains("'free'", Assert.Throws<ArgumentException>(
            () => model.Fit(X, new NDArrays { ["trained"] = Y }, verbose: 0)).Message, StringComparison.Ordinal);
        Assert.True(model.Fit(X, [new float[5, 3], Y], verbose: 0)["free_mae"][0] > 0);
    }

    private static Functional Two()
    {
        var input = new Input([2]);
        KerasTensor free = new Dense(3, name: "free").Apply(input);
        return new Functional(input, [free, new Dense(1, name: "trained").Apply(free)], seed: 3);
    }

    private sealed class AddsSquare() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            context.AddLoss(x.square().mean());
            return x;
        }
    }

    private sealed class PullsToZero : Model
    {
        private readonly Dense dense;

        public PullsToZero() => dense = AddSublayer(new Dense(1, kernelInitializer: "ones"), "dense");

        protected override Tensor Call(Tensor x, CallContext context) => dense.Apply(x, context);

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Assert.Null(batch.Y);
            Tensor loss = Apply(batch.X, context).square().mean();
            loss.backward();
            ApplyGradients();
            return new() { ["loss"] = loss.item<float>() };
        }
    }
}
