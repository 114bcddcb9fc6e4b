using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Layers;

/// <summary>LoRA in layers that Keras 3.16 quantized: training, and files both ways.</summary>
public sealed class QuantizedLoraTests
{
    private static readonly PackedCases Recorded = new("lora/quantized_lora.zip");

    public static TheoryData<string> Names => [.. Recorded.Names(_ => true)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_ends_at_the_weights_of_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        JsonObject recorded = Recorded.Case(name);
        using var model = Model.Load(Recorded.Extract($"{name}.init.keras", folder));
        Assign(model, name, "w", folder);
        Near($"{name}.y0.npy", model, name, folder);

        model.Compile(new SGD(0.05), "mse");
        NDArray t = Recorded.Array($"{name}.t.npy", folder);
        Cairn.Callbacks.History history = model.Fit(
            Recorded.Arrays(name, "x", folder), t, batchSize: (int)t.Shape[0], epochs: 3, shuffle: false, verbose: 0);

        Tolerance.Near([.. recorded["loss"]!.AsArray().Select(v => v!.GetValue<float>())], [.. history["loss"].Select(v => (float)v)],
            Tolerance.Dense, name);
        foreach ((NDArray expected, Variable weight) in Recorded.Arrays(name, "v", folder).Zip(model.Weights))
        {
            Tolerance.Near(expected.ToArray(), weight.ToNDArray().ToArray(), Tolerance.DenseWeights, weight.Path);
        }

        Near($"{name}.z0.npy", model, name, folder);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Files_of_Keras_predict_as_there_and_are_saved_with_the_same_weights(string name)
    {
        using var folder = new TemporaryFolder();
        foreach ((string file, string expected) in new[] { ($"{name}.keras", $"{name}.q0.npy"), ($"{name}.h5", $"{name}.z0.npy") })
        {
            using var model = Model.Load(Recorded.Extract(file, folder));
            Near(expected, model, name, folder);
            model.Save(folder["copy.h5"]);
            using var legacy = Model.Load(folder["copy.h5"]);
            Near(expected, legacy, name, folder);
            if (file == $"{name}.keras")
            {
                // The adaptation is zero after loading: the weights are saved as they are.
                model.Save(folder["copy.keras"]);
                using var copy = Model.Load(folder["copy.keras"]);
                Near(expected, copy, name, folder);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Saving_adds_the_adaptation_and_quantizes_again_as_Keras_does(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.init.keras", folder));
        Assign(model, name, "v", folder);
        model.Save(folder["copy.keras"]);
        Near($"{name}.z0.npy", model, name, folder);

        using var copy = Model.Load(folder["copy.keras"]);
        using var expected = Model.Load(Recorded.Extract($"{name}.keras", folder));
        foreach ((Variable one, Variable other) in expected.Weights.Zip(copy.Weights)
            .Where(pair => !pair.First.Name.StartsWith("lora", StringComparison.Ordinal)))
        {
            Tolerance.Near(one.ToNDArray().ToArray(), other.ToNDArray().ToArray(), 1e-6, one.Path);
        }

        Near($"{name}.q0.npy", copy, name, folder);
    }

    [Fact]
    public void An_adaptation_of_a_loaded_layer_starts_unchanged_and_trains_its_factors_only()
    {
        using var folder = new TemporaryFolder();
        var quantized = new PackedCases("quantized/quantized.zip");
        using var model = Model.Load(quantized.Extract("dense_int8.keras", folder));
        NDArrays x = quantized.Arrays("dense_int8", "x", folder);
        float[] before = model.Predict(x, verbose: 0).ToArray();
        var dense = (Dense)model.Layers[0];

        dense.EnableLora(2);

        Assert.Equal(before, model.Predict(x, verbose: 0).ToArray());
        Assert.Equal(["bias", "lora_kernel_a", "lora_kernel_b"], dense.TrainableWeights.Select(w => w.Name));
        Assert.Equal([[6, 2], [2, 8]], dense.TrainableWeights.Skip(1).Select(w => w.Shape));
        float[] integers = dense.Weights.Single(w => w.Name == "kernel").ToNDArray().ToArray();
        model.Compile("sgd", "mse");
        model.Fit(x, NDArray.From(new float[before.Length], [8, 3]), epochs: 3, verbose: 0);
        Assert.Equal(integers, dense.Weights.Single(w => w.Name == "kernel").ToNDArray().ToArray());
        Assert.NotEqual(before, model.Predict(x, verbose: 0).ToArray());
        Assert.Contains("already has LoRA of rank 2", Assert.Throws<InvalidOperationException>(() => dense.EnableLora(3)).Message,
            StringComparison.Ordinal);
    }

    private static void Assign(Model model, string name, string kind, TemporaryFolder folder)
    {
        NDArrays arrays = Recorded.Arrays(name, kind, folder);
        Assert.Equal(arrays.Count, model.Weights.Count);
        foreach ((NDArray array, Variable weight) in arrays.Zip(model.Weights))
        {
            weight.Assign(array);
        }
    }

    private static void Near(string expected, Model model, string name, TemporaryFolder folder)
    {
        NDArray recorded = Recorded.Array(expected, folder);
        NDArray y = model.Predict(Recorded.Arrays(name, "x", folder), verbose: 0);
        Assert.Equal(recorded.Shape, y.Shape);
        Tolerance.Near(recorded.ToArray(), y.ToArray(), Tolerance.Dense, $"{name}, {expected}");
    }
}
