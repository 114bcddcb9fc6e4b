using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Layers;

/// <summary>LoRA in the layers that Keras 3.16 has it in: training, and files both ways.</summary>
public sealed class LoraTests
{
    private static readonly PackedCases Recorded = new("lora/lora.zip");

    public static TheoryData<string> Names => [.. Recorded.Names(_ => true)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_of_adapted_layers_ends_at_the_weights_of_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        JsonObject recorded = Recorded.Case(name);
        using var model = Model.Load(Recorded.Extract($"{name}.init.keras", folder));
        AssertNear("w", Recorded.Arrays(name, "w", folder), model.Weights, assign: true);

        Near(Recorded.Array($"{name}.y0.npy", folder), model.Predict(Recorded.Arrays(name, "x", folder), verbose: 0), name);
        model.Compile(recorded["optimizer"]!.GetValue<string>() == "sgd" ? new SGD(0.05) : new Adam(0.02), "mse");
        NDArray t = Recorded.Array($"{name}.t.npy", folder);
        Cairn.Callbacks.History history = model.Fit(
            Recorded.Arrays(name, "x", folder), t, batchSize: (int)t.Shape[0], epochs: 3, shuffle: false, verbose: 0);

        Tolerance.Near([.. recorded["loss"]!.AsArray().Select(v => v!.GetValue<float>())], [.. history["loss"].Select(v => (float)v)],
            Tolerance.Dense, name);
        AssertNear("v", Recorded.Arrays(name, "v", folder), model.Weights);
        Near(Recorded.Array($"{name}.z0.npy", folder), model.Predict(Recorded.Arrays(name, "x", folder), verbose: 0), name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Files_of_Keras_predict_as_there_and_are_saved_with_the_same_weights(string name)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { $"{name}.keras", $"{name}.h5" })
        {
            using var model = Model.Load(Recorded.Extract(file, folder));
            Check(model);
            foreach (string copy in new[] { $"copy-of-{file}.keras", $"copy-of-{file}.h5" })
            {
                model.Save(folder[copy]);
                using var again = Model.Load(folder[copy]);
                Check(again);
            }
        }

        void Check(Model loaded) =>
            Near(Recorded.Array($"{name}.z0.npy", folder), loaded.Predict(Recorded.Arrays(name, "x", folder), verbose: 0), name);
    }

    [Fact]
    public void An_adapted_layer_starts_unchanged_and_trains_its_factors_and_bias_only()
    {
        using var model = new Sequential(
            [new Input([3]), new Dense(4, name: "a"), new Dense(1, name: "b") { Trainable = false }], seed: 3);
        NDArray x = new float[,] { { 1, -2, 3 }, { 0.5f, 1, -1 } };
        float[] before = model.Predict(x, verbose: 0).ToArray();
        var dense = (Dense)model.Layers[0];
        float[] kernel = dense.Weights[0].ToNDArray().ToArray();

        dense.EnableLora(2, 8);

        Assert.Equal(before, model.Predict(x, verbose: 0).ToArray());
        Assert.Equal((2, 8.0), (dense.LoraRank, dense.LoraAlpha));
        Assert.Equal(["kernel", "bias", "lora_kernel_a", "lora_kernel_b"], dense.Weights.Select(w => w.Name));
        Assert.Equal(["bias", "lora_kernel_a", "lora_kernel_b"], model.TrainableWeights.Select(w => w.Name));
        model.Compile("adam", "mse");
        model.Fit(x, new float[,] { { 5 }, { -5 } }, epochs: 20, verbose: 0);
        Assert.Equal(kernel, dense.Weights[0].ToNDArray().ToArray());
        Assert.NotEqual(before, model.Predict(x, verbose: 0).ToArray());
    }

    [Fact]
    public void Saved_weights_are_merged_and_load_into_a_model_without_LoRA()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Plain(seed: 1);
        ((Dense)model.Layers[0]).EnableLora(1, bInitializer: "ones");
        NDArray x = new float[,] { { 1, 2 } };
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        model.SaveWeights(folder["m.weights.h5"]);
        Assert.Equal(expected, model.Predict(x, verbose: 0).ToArray());

        using Sequential plain = Plain(seed: 2);
        plain.LoadWeights(folder["m.weights.h5"]);
        Tolerance.Near(expected, plain.Predict(x, verbose: 0).ToArray(), 1e-6, "merged");

        model.LoadWeights(folder["m.weights.h5"]);
        Tolerance.Near(expected, model.Predict(x, verbose: 0).ToArray(), 1e-6, "loaded into the adapted model");
    }

    [Fact]
    public void After_loading_the_adaptation_can_be_trained_on()
    {
        using var folder = new TemporaryFolder();
        using (Sequential model = Plain(seed: 1))
        {
            ((Dense)model.Layers[0]).EnableLora(2);
            model.Save(folder["m.keras"]);
        }

        using var loaded = Model.Load(folder["m.keras"]);
        var dense = (Dense)loaded.Layers[0];
        float[] b = dense.Weights.Single(w => w.Name == "lora_kernel_b").ToNDArray().ToArray();
        Assert.All(b, value => Assert.Equal(0, value));
        loaded.Compile("sgd", "mse");
        loaded.Fit(new float[,] { { 1, 2 } }, new float[,] { { 1, 2, 3, 4 } }, epochs: 2, verbose: 0);
        Assert.NotEqual(b, dense.Weights.Single(w => w.Name == "lora_kernel_b").ToNDArray().ToArray());
    }

    [Fact]
    public void What_LoRA_cannot_be_added_to_is_said()
    {
        using var model = new Sequential([new Input([3]), new Dense(2), new Dense(2, kernelConstraint: "non_neg")], seed: 1);
        model.Build([Shape.None, 3]);
        var dense = (Dense)model.Layers[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => dense.EnableLora(0));
        dense.EnableLora(2);
        Assert.Contains("already has LoRA of rank 2", Assert.Throws<InvalidOperationException>(() => dense.EnableLora(2)).Message,
            StringComparison.Ordinal);
        Assert.Contains("constraint", Assert.Throws<InvalidOperationException>(() => ((Dense)model.Layers[1]).EnableLora(1)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LoRA_can_be_enabled_before_the_layer_has_weights()
    {
        using var model = new Sequential([new Dense(2), new Dense(2)], seed: 1);
        ((Dense)model.Layers[0]).EnableLora(2);
        Assert.Equal(2, ((Dense)model.Layers[0]).LoraRank);
        model.Build([Shape.None, 3]);
        Assert.Equal(["bias", "lora_kernel_a", "lora_kernel_b", "kernel", "bias"], model.TrainableWeights.Select(w => w.Name));
    }

    [Fact]
    public void A_file_cannot_request_factors_of_any_size()
    {
        using Sequential model = Plain(seed: 1);
        ((Dense)model.Layers[0]).EnableLora(1);
        string json = model.ToJson().Replace("\"lora_rank\": 1,", "\"lora_rank\": 2000000000,", StringComparison.Ordinal);
        Assert.Contains("lora_rank of 2000000000",
            Assert.ThrowsAny<Exception>(() => Model.FromJson(json).Build([Shape.None, 2])).Message, StringComparison.Ordinal);
    }

    private static Sequential Plain(long seed) =>
        new([new Input([2]), new Dense(2, name: "a"), new Dense(4)], seed: seed);

    private static void AssertNear(string kind, NDArrays expected, IReadOnlyList<Variable> weights, bool assign = false)
    {
        Assert.Equal(expected.Count, weights.Count);
        foreach ((NDArray array, Variable weight) in expected.Zip(weights))
        {
            if (assign)
            {
                weight.Assign(array);
            }

            Tolerance.Near(array.ToArray(), weight.ToNDArray().ToArray(), Tolerance.DenseWeights, $"{kind}: {weight.Path}");
        }
    }

    private static void Near(NDArray expected, NDArray actual, string name)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Tolerance.Near(expected.ToArray(), actual.ToArray(), Tolerance.Dense, name);
    }
}
