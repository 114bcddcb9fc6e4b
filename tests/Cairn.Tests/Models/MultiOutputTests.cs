using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests;

/// <summary>Models with several inputs and outputs: losses, weights, metrics and their names as in Keras.</summary>
public sealed class MultiOutputTests
{
    private static readonly float[,] X = { { 1, 2 }, { 3, 4 }, { -1, 0 }, { 2, -2 } };
    private static readonly float[,] A = { { 1 }, { 2 }, { 3 }, { 4 } };
    private static readonly float[,] B = { { 0 }, { 1 }, { 1 }, { 0 } };

    [Fact]
    public void A_Keras_model_with_two_outputs_continues_training_as_if_it_had_not_been_saved()
    {
        using Model model = Golden("multi_output");
        JsonNode expected = Json("multi_output");

        AssertLogs(expected["evaluate"]!,
            model.Evaluate(Array("multi_output", "x"), [Array("multi_output", "y0"), Array("multi_output", "y1")], batchSize: 8,
            verbose: 0));
        IReadOnlyList<NDArray> predictions = model.PredictMany(Array("multi_output", "x"), verbose: 0);
        for (int i = 0; i < 2; i++)
        {
            Tolerance.Near(Array("multi_output", $"predictions{i}").ToArray(), predictions[i].ToArray(), Tolerance.Prediction,
                "prediction");
        }

        History history = model.Fit(
            Array("multi_output", "x"), new() { ["cls"] = Array("multi_output", "y1"), ["reg"] = Array("multi_output", "y0") },
            batchSize: 8, shuffle: false, verbose: 0);

        JsonNode continued = expected["continuation"]!["without_save"]!;
        AssertHistory(continued["history"]!, history);
        Tolerance.Near(Array("multi_output", "weights_continued_without_save").ToArray(), ReferenceRun.Flatten(model),
            Tolerance.Dense, "weight");
        AssertLogs(
            continued["evaluate"]!,
            model.Evaluate(Array("multi_output", "x"), [Array("multi_output", "y0"), Array("multi_output", "y1")], batchSize: 8,
            verbose: 0));
    }

    [Fact]
    public void A_Keras_model_with_two_inputs_continues_training_as_if_it_had_not_been_saved()
    {
        const string Name = "functional_two_inputs";
        using Model model = Golden(Name);

        Tolerance.Near(Array(Name, "predictions").ToArray(), model.Predict([Array(Name, "x0"), Array(Name, "x1")], verbose: 0).ToArray(),
            Tolerance.Prediction, "prediction");
        History history = model.Fit([Array(Name, "x0"), Array(Name, "x1")], Array(Name, "y"), batchSize: 8, shuffle: false, verbose: 0);

        JsonNode continued = Json(Name)["continuation"]!["without_save"]!;
        AssertHistory(continued["history"]!, history);
        Tolerance.Near(Array(Name, "weights_continued_without_save").ToArray(), ReferenceRun.Flatten(model), Tolerance.Dense, "weight");
    }

    [Fact]
    public void The_compile_configuration_of_several_outputs_equals_that_of_Keras()
    {
        using Model model = Golden("multi_output");

        JsonObject config = CompileConfig.Of(model);

        Assert.Equal("[0.7,1.3]", config["loss_weights"]!.ToJsonString());
        Assert.Equal(["MeanSquaredError", "SparseCategoricalCrossentropy"],
            config["loss"]!.AsArray().Select(l => l!["class_name"]!.GetValue<string>()));
        Assert.Equal("""[["MeanAbsoluteError"],["accuracy"]]""",
            new JsonArray(
                [.. config["metrics"]!.AsArray()
                    .Select(g =>
                    (JsonNode)new JsonArray(
                    [.. g!.AsArray().Select(m => m is JsonObject o ? o["class_name"]!.DeepClone() : m!.DeepClone())]))]).ToJsonString());
    }

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
    public void Mismatches_with_the_outputs_are_named()
    {
        using Functional model = TwoHeads();
        model.Compile("sgd", new() { ["a"] = "mse", ["c"] = "mse" });
        Assert.Contains("Did you mean 'a'?", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", new() { ["a"] = "mse" });
        Assert.Contains("Pass null for an output that is not trained", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", "mse", ["mae", "mse", "mape"]);
        Assert.Contains("metrics has 3 settings, but the model has 2 outputs: a, b", Message(() => model.Fit(X, [A, B], verbose: 0)));
        model.Compile("sgd", "mse");
        Assert.Contains("y has 1 array; the model has 2 outputs: a, b", Message(() => model.Fit(X, A, verbose: 0)));
        Assert.Contains("y has no entry for the model's output 'b'", Message(() => model.Fit(X, new() { ["a"] = A }, verbose: 0)));
        Assert.Contains("y['b'] has 3", Message(() => model.Fit(X, [A, new float[3, 1]], verbose: 0)));
        Assert.Contains("classWeight supports models with one output only",
            Message(() => model.Fit(X, [A, B], verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 })));
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

    private static void AssertLogs(JsonNode expected, Logs actual)
    {
        foreach ((string key, JsonNode? value) in expected.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(value), actual[key], Tolerance.Dense, key);
        }

        Assert.Equal(expected.AsObject().Count, actual.Count);
    }

    private static void AssertHistory(JsonNode expected, History actual)
    {
        foreach ((string key, JsonNode? values) in expected.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(values!.AsArray()[0]), actual[key][0], Tolerance.Dense, key);
        }
    }

    private static Model Golden(string name) => Model.Load(Path.Combine(GoldenFile.Folder, name, "model.keras"));

    private static JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenFile.Folder, $"{name}.json")))!;

    private static NDArray Array(string name, string file) =>
        ReferenceRun.ToNDArray(NpyFile.Read(new GoldenFile(name).PathOf($"{file}.npy")));
}
