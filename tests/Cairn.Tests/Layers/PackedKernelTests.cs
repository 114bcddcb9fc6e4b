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
            Recorded.AssertPredicts(model, name, folder);
            foreach (string copy in new[] { "copy.keras", "copy.h5", "copy.weights.h5", "copy.safetensors" })
            {
                using Model again = copy is "copy.keras" or "copy.h5" ? Copied(model, folder[copy]) : CopiedByWeights(model, folder[copy]);
                Recorded.AssertPredicts(again, name, folder);
                Assert.Equal(model.ToJson(), again.ToJson());
            }

            model.LoadWeights(Recorded.Extract($"{name}.weights.h5", folder));
            Recorded.AssertPredicts(model, name, folder);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Biases_and_other_layers_train_as_in_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        Recorded.AssertTrains(name, new SGD(0.05), folder);
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

    private static Model Copied(Model model, string path)
    {
        model.Save(path);
        return Model.Load(path);
    }

    private static Model CopiedByWeights(Model model, string path)
    {
        model.SaveWeights(path);
        var copy = Model.FromJson(model.ToJson());
        copy.LoadWeights(path);
        return copy;
    }
}
