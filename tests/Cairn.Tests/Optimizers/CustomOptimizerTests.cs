using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Optimizers and schedules from functions, user-defined optimizer classes, and learning rates by layer.</summary>
public sealed class CustomOptimizerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("optimizer");

    public void Dispose() => folder.Delete(recursive: true);

    private static readonly float[,] X = { { 1, 2 }, { 0, -1 }, { 2, 0 }, { 1, 1 }, { -1, 3 } };
    private static readonly float[,] Y = { { 1 }, { 0 }, { 2 }, { 1 }, { -1 } };

    [Fact]
    public void A_formula_trains_like_the_optimizer_with_that_formula()
    {
        Assert.Equal(
            Trained(new SGD(0.1)), Trained(Optimizer.From((weight, gradient, rate) => weight - (gradient * rate), 0.1)), Close);
        Assert.Equal(
            Trained(new SGD(0.1, momentum: 0.9)),
            Trained(Optimizer.From(
                (weight, gradient, rate, state) => weight + state[0].mul_(0.9).sub_(gradient * rate), ["velocity"], 0.1)), Close);
        Assert.Equal(Trained(new SGD(0.1, momentum: 0.9, clipNorm: 0.5)), Trained(new Momentum(0.1, clipNorm: 0.5)), Close);
    }

    [Fact]
    public void A_function_is_a_schedule()
    {
        using var optimizer = new SGD(LearningRateSchedule.From(step => 0.1 * Math.Min(1, (step + 1) / 4.0)));
        using Sequential model = Model();
        model.Compile(optimizer, "mse");

        Assert.Equal(0.025, optimizer.LearningRate, 1e-7);
        model.Fit(X, Y, batchSize: 1, verbose: 0);
        Assert.Equal(0.1, optimizer.LearningRate, 1e-7);
    }

    [Fact]
    public void A_scheduler_warms_up_in_one_line()
    {
        using Sequential model = Model();
        model.Compile(new SGD(0.1), "mse");

        History history = model.Fit(X, Y, epochs: 4, verbose: 0,
            callbacks: [new LearningRateScheduler(epoch => 0.1 * Math.Min(1, (epoch + 1) / 3.0))]);

        Assert.Equal([0.1 / 3, 0.2 / 3, 0.1, 0.1], history["learning_rate"], (a, b) => Math.Abs(a - b) < 1e-7);
    }

    [Fact]
    public void A_model_with_a_class_or_a_function_is_saved_and_goes_on_after_loading()
    {
        string file = Path.Combine(folder.FullName, "model.keras");
        using Sequential model = Model();
        model.Compile(new Momentum(LearningRateSchedule.From(_ => 0.05, "constant")), "mse");
        model.Fit(X, Y, shuffle: false, verbose: 0);
        model.Save(file);
        model.Fit(X, Y, shuffle: false, verbose: 0);

        var objects = new CustomObjects();
        objects.Add<Optimizer>("Momentum", _ => new Momentum(LearningRateSchedule.From(_ => 0.05, "constant")));
        using var loaded = Cairn.Model.Load(file, customObjects: objects);
        loaded.Fit(X, Y, shuffle: false, verbose: 0);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
    }

    [Fact]
    public void A_layer_learns_at_a_rate_of_its_own()
    {
        using Sequential whole = Model(), slow = Model(), frozen = Model();
        slow.Layers[0].LearningRateFactor = 0.1;
        frozen.LearningRateFactor = 0;
        float[] start = whole.GetWeights()[0].ToArray();
        foreach (Sequential model in (Sequential[])[whole, slow, frozen])
        {
            model.Compile(new Adam(0.01, weightDecay: 0.1), "mse");
            model.TrainOnBatch(X, Y);
        }

        float[] moved = [.. whole.GetWeights()[0].Zip(start, (a, b) => 0.1f * (a - b))];
        Assert.Equal(moved, slow.GetWeights()[0].Zip(start, (a, b) => a - b), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(whole.GetWeights()[2].ToArray(), slow.GetWeights()[2].ToArray());
        Assert.Equal(start, frozen.GetWeights()[0].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.LearningRateFactor = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Weights[0].LearningRateFactor = double.NaN);
    }

    [Fact]
    public void A_factor_set_before_the_weights_exist_holds_for_them()
    {
        var dense = new Dense(1) { LearningRateFactor = 0.5 };
        using var model = new Sequential([new Input([2]), dense]);

        Assert.All(model.Weights, weight => Assert.Equal(0.5, weight.LearningRateFactor));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_factors_of_LoRA_have_the_factor_of_their_layer(bool beforeBuild)
    {
        var dense = new Dense(1) { LearningRateFactor = 0.5 };
        if (beforeBuild)
        {
            dense.EnableLora(1);
        }

        using var model = new Sequential([new Input([2]), dense]);
        Assert.NotEmpty(model.Weights);
        if (!beforeBuild)
        {
            dense.EnableLora(1);
        }

        Assert.Equal(["kernel", "bias", "lora_kernel_a", "lora_kernel_b"], model.Weights.Select(weight => weight.Name));
        Assert.All(model.Weights, weight => Assert.Equal(0.5, weight.LearningRateFactor));
    }

    private static Sequential Model() =>
        new([new Input([2]), new Dense(3, activation: "tanh"), new Dense(1)], seed: 7);

    private static float[] Trained(Optimizer optimizer)
    {
        using Sequential model = Model();
        model.Compile(optimizer, "mse");
        model.Fit(X, Y, batchSize: 2, epochs: 3, shuffle: false, verbose: 0);
        return ReferenceRun.Flatten(model);
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6;

    private sealed class Momentum(LearningRate rate, double? clipNorm = null) : CustomOptimizer(rate, clipNorm: clipNorm)
    {
        protected override IReadOnlyList<string> StateNames => ["velocity"];

        protected override void UpdateStep(Tensor weight, Tensor gradient, double learningRate, IReadOnlyList<Tensor> state)
        {
            state[0].mul_(0.9).sub_(gradient * learningRate);
            weight.add_(state[0]);
        }

        protected override void WriteSettings(JsonObject config) => config["momentum"] = 0.9;
    }
}
