using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Layers;

/// <summary>Files of models that Keras 3.16 quantized with GPTQ, AWQ or to ternary weights.</summary>
public sealed class PackedKernelTests
{
    private static readonly PackedCases Recorded = new("quantized/packed.zip");

    public static TheoryData<string> Names => [.. Recorded.Names(_ => true)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_packed_model_predicts_as_in_Keras_and_is_saved_unchanged(string name)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { $"{name}.keras", $"{name}.h5" })
        {
            using var model = Model.Load(Recorded.Extract(file, folder));
            Check(model);
            foreach (string copy in new[] { "copy.keras", "copy.h5", "copy.weights.h5", "copy.safetensors" })
            {
                if (copy is "copy.keras" or "copy.h5")
                {
                    model.Save(folder[copy]);
                }
                else
                {
                    model.SaveWeights(folder[copy]);
                }

                using Model again = copy is "copy.keras" or "copy.h5" ? Model.Load(folder[copy]) : Model.FromJson(model.ToJson());
                if (copy is not ("copy.keras" or "copy.h5"))
                {
                    again.LoadWeights(folder[copy]);
                }

                Check(again);
                Assert.Equal(model.ToJson(), again.ToJson());
            }

            model.LoadWeights(Recorded.Extract($"{name}.weights.h5", folder));
            Check(model);
        }

        void Check(Model loaded)
        {
            NDArray expected = Recorded.Array($"{name}.y0.npy", folder);
            NDArray y = loaded.Predict(Recorded.Arrays(name, "x", folder), verbose: 0);
            Assert.Equal(expected.Shape, y.Shape);
            Tolerance.Near(expected.ToArray(), y.ToArray(), Tolerance.Prediction, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Biases_and_other_layers_train_as_in_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.keras", folder));
        model.Compile(new SGD(0.05), "mse");
        NDArray t = Recorded.Array($"{name}.t.npy", folder);
        Cairn.Callbacks.History history = model.Fit(
            Recorded.Arrays(name, "x", folder), t, batchSize: (int)t.Shape[0], epochs: 3, shuffle: false, verbose: 0);
        Tolerance.Near(
            [.. Recorded.Case(name)["loss"]!.AsArray().Select(v => v!.GetValue<float>())], [.. history["loss"].Select(v => (float)v)],
            Tolerance.Dense, name);
    }

    [Fact]
    public void A_kernel_that_can_not_be_packed_is_an_error_of_the_file()
    {
        const string Json = """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
                {"class_name": "EinsumDense", "config": {"name": "d", "equation": "ab,b->a", "output_shape": [],
                    "batch_input_shape": [null, 2], "dtype": "gptq/4/128_from_float32"}}]}}
            """;
        Exception exception = Assert.ThrowsAny<Exception>(() => Model.FromJson(Json).Predict(new float[1, 2]));
        Assert.Contains("takes kernels of rank 2 or 3", exception.Message, StringComparison.Ordinal);
    }
}
