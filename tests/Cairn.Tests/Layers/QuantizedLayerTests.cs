using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;

namespace Cairn.Tests.Layers;

/// <summary>Files of models that were quantized with Keras 3.16.</summary>
public sealed class QuantizedLayerTests
{
    private static readonly PackedCases Recorded = new("quantized/quantized.zip");

    public static TheoryData<string> Names => [.. Recorded.Names(_ => true)];

    public static TheoryData<string> Trained => [.. Recorded.Names(c => c["loss"] is not null)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_quantized_model_predicts_as_in_Keras_and_is_saved_unchanged(string name)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { $"{name}.keras", $"{name}.h5" })
        {
            using var model = Model.Load(Recorded.Extract(file, folder));
            Recorded.AssertPredicts(model, name, folder);
            Assert.Contains(model.Weights, w => w.Value.dtype == torch.ScalarType.Int8);
            model.Save(folder["copy.keras"]);
            model.Save(folder["copy.h5"]);
            using var copy = Model.Load(folder["copy.keras"]);
            Recorded.AssertPredicts(copy, name, folder);
            using var legacy = Model.Load(folder["copy.h5"]);
            Recorded.AssertPredicts(legacy, name, folder);
            Assert.Equal(model.ToJson(), copy.ToJson());
        }
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Biases_and_other_layers_train_as_in_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        Recorded.AssertTrains(name, new SGD(0.05), folder);
    }

    [Theory]
    [InlineData("gptq/5/128")]
    [InlineData("awq/8/128")]
    [InlineData("float8/8")]
    [InlineData("int4/9999999999")]
    [InlineData("int8/3")]
    public void An_odd_dtype_is_an_error_of_the_file(string mode)
    {
        string json = $$$"""
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
                {"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 2], "dtype": "{{{mode}}}_from_float32"}}]}}
            """;
        Assert.Contains($"quantization '{mode}' is not supported", Assert.Throws<ModelFormatException>(() => Model.FromJson(json)).Message,
            StringComparison.Ordinal);
    }
}
