using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;
using Cairn.Training;

namespace Cairn.Tests;

/// <summary>Models with several inputs and outputs: losses, weights, metrics and their names as in Keras.</summary>
public sealed class MultiOutputTests
{
    private static readonly float[,] X = { { 1, 2 }, { 3, 4 }, { -1, 0 }, { 2, -2 } };
    private static readonly float[,] A = { { 1 }, { 2 }, { 3 }, { 4 } };
    private static readonly float[,] B = { { 0 }, { 1 }, { 1 }, { 0 } };

    [Fact]
    public void Settings_by_name_survive_the_compile_configuration()
    {
        using Functional model = TwoHeads();
        model.Compile(
            "sgd",
            new() { ["a"] = "mse", ["b"] = "binary_crossentropy" },
            new() { ["b"] = ["accuracy", "mae"] },
            lossWeights: new() { ["b"] = 0.5, ["a"] = 2 },
            stepsPerExecution: 3);
        JsonObject written = CompileConfig.Of(model);

        using Functional other = TwoHeads();
        CompileConfig.Apply(other, written, "test");

        Assert.Equal(written.ToJsonString(), CompileConfig.Of(other).ToJsonString());
        Assert.Equal(["a", "b"], other.CompiledLosses!.Names);
    }

    [Fact]
    public void The_loss_is_the_weighted_sum_of_the_unweighted_losses_of_the_outputs()
    {
        // Both heads have weights of one and no bias: a(x) = b(x) = x₀ + x₁ = 3, 7, -1, 0.
        // a: errors 2, 5, -4, -4 → mse (4 + 25 + 16 + 16) / 4 = 15.25; b: 3, 6, -2, 0 → mae 11 / 4 = 2.75.
        using Functional model = TwoHeads();
        model.Compile("sgd", ["mse", "mae"], lossWeights: [2, 10]);

        Logs logs = model.Evaluate(X, [A, B], verbose: 0);

        Assert.Equal(["a_loss", "b_loss", "loss"], logs.Keys);
        Assert.Equal((15.25, 2.75, 58.0), (logs["a_loss"], logs["b_loss"], logs["loss"]));
    }

    [Fact]
    public void Metrics_carry_the_output_in_front_and_weighted_ones_of_a_taken_name_their_kind()
    {
        using Functional model = TwoHeads();
        model.Compile("sgd", "mse", ["mae", ["mae", "mse"]], new() { ["b"] = ["mae", "mean_absolute_percentage_error"] });

        Logs logs = model.Evaluate(X, [A, B], verbose: 0, sampleWeight: [new float[] { 1, 0, 0, 0 }, new float[] { 0, 0, 0, 1 }]);

        Assert.Equal(
            ["a_loss", "a_mae", "b_loss", "b_mae", "b_mean_absolute_percentage_error", "b_mse", "b_weighted_mae", "loss"], logs.Keys);

        // Sample weights 1, 0, 0, 0 on a: 2² / 4; 0, 0, 0, 1 on b: 0; the weighted metric counts the last sample only.
        Assert.Equal((1.0, 0.0, 3.75, 2.75, 0.0), (logs["a_loss"], logs["b_loss"], logs["a_mae"], logs["b_mae"], logs["b_weighted_mae"]));
    }

    [Fact]
    public void An_output_whose_loss_is_null_is_not_trained()
    {
        using Functional model = TwoHeads();
        model.Compile(new Cairn.Optimizers.SGD(0.01), new() { ["a"] = "mse", ["b"] = null });
        float[] before = model.GetWeights()[1].ToArray();

        History history = model.Fit(X, [A, B], verbose: 0);

        Assert.DoesNotContain("a_loss", history.Keys);
        Assert.Equal(before, model.GetWeights()[1].ToArray());
        Assert.NotEqual([1f, 1f], model.GetWeights()[0].ToArray());
    }

    [Fact]
    public void Batches_by_name_train_as_arrays_in_order()
    {
        using Functional ordered = TwoHeads();
        ordered.Compile("sgd", ["mse", "mae"]);
        ordered.Fit(X, [A, B], batchSize: 4, shuffle: false, verbose: 0, epochs: 2);
        using Functional named = TwoHeads();
        named.Compile("sgd", ["mse", "mae"]);

        named.Fit(new[] { new Batch(X, new() { ["b"] = B, ["a"] = A }) }, epochs: 2, verbose: 0);

        Assert.Equal(ReferenceRun.Flatten(ordered), ReferenceRun.Flatten(named));
    }

    [Fact]
    public void What_does_not_fit_the_outputs_is_named()
    {
        using Functional model = TwoHeads();
        model.Compile("sgd", new() { ["a"] = "mse", ["c"] = "mse" });
        Assert.Contains("Did you mean 'a'?", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", new() { ["a"] = "mse" });
        Assert.Contains("Give null for one that is not trained", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", "mse", ["mae", "mse", "mape"]);
        Assert.Contains("metrics holds 3 settings, but the model has 2 outputs: a, b", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", "mse");
        Assert.Contains("y holds 1 array; the model has 2 outputs: a, b", Message(() => model.Fit(X, A, verbose: 0)));
        Assert.Contains("y holds nothing for the output 'b'", Message(() => model.Fit(X, new() { ["a"] = A }, verbose: 0)));
        Assert.Contains("y['b'] holds 3", Message(() => model.Fit(X, [A, new float[3, 1]], verbose: 0)));
        Assert.Contains("classWeight is for models with one output", Message(() => model.Fit(X, [A, B], verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 })));
        Assert.Contains("PredictMany", Assert.Throws<InvalidOperationException>(() => model.Predict(X, verbose: 0)).Message);
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static Functional TwoHeads()
    {
        var input = new Input([2]);
        return new Functional(
            input,
            [
                new Dense(1, useBias: false, kernelInitializer: "ones", name: "a").Apply(input),
                new Dense(1, useBias: false, kernelInitializer: "ones", name: "b").Apply(input),
            ],
            seed: 1);
    }
}
