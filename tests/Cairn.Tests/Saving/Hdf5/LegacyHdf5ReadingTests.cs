using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

public class LegacyHdf5ReadingTests
{
    public static TheoryData<string> Models =>
    [
        "mlp", "mlp_sgd_momentum", "mlp_rmsprop_centered", "mlp_adamw_schedule", "cnn_bn", "mlp_names_unicode_trainable_false",
        "nested_sequential", "big300", "big300_long_names", "mlp_loss_scale",
    ];

    [Theory, MemberData(nameof(Models))]
    public void Weights_and_optimizer_state_of_a_file_by_Keras_are_read_exactly(string name)
    {
        var golden = new GoldenFile(name);

        ModelData model = LegacyHdf5.Read(golden.LegacyPath);

        // The file lists trainable weights of a layer first, the reference each layer's own order: compare by name.
        var byName = model.Layers.SelectMany(layer => layer.Weights).ToDictionary(weight => weight.Name);
        Assert.Equal(golden.Weights.Count, byName.Count);
        GoldenFile.AssertSame(golden.Weights, [.. golden.Weights.Select(weight => byName[weight.Name])]);
        GoldenFile.AssertSame(golden.Optimizer, model.OptimizerWeights!);
        Assert.Empty(model.TopLevelWeights);
        Assert.Equal(("3.16.0", "torch"), (model.KerasVersion, model.Backend));
    }

    [Theory]
    [InlineData("mlp"), InlineData("mlp_names_unicode_trainable_false"), InlineData("nested_sequential"), InlineData("cnn_bn")]
    public void Layer_names_weight_names_and_configurations_are_those_h5py_sees(string name)
    {
        var golden = new GoldenFile(name);
        var attributes = golden.Inventory("h5_inventory_h5").ToDictionary(item => (string)item!["path"]!, item => item!["attrs"]);

        ModelData model = LegacyHdf5.Read(golden.LegacyPath);

        Assert.Equal((string)attributes["/"]!["model_config"]!, model.ModelConfig);
        Assert.Equal((string)attributes["/"]!["training_config"]!, model.TrainingConfig);
        Assert.Equal(Texts(attributes["model_weights"]!["layer_names"]!), model.Layers.Select(layer => layer.Name));
        foreach (LayerData layer in model.Layers)
        {
            Assert.Equal(Texts(attributes[$"model_weights/{layer.Name}"]!["weight_names"]!), layer.Weights.Select(weight => weight.Name));
        }
    }

    [Theory, InlineData("big300"), InlineData("big300_long_names")]
    public void A_configuration_over_64_KB_and_names_split_over_several_attributes_are_read_whole(string name)
    {
        ModelData model = LegacyHdf5.Read(new GoldenFile(name).LegacyPath);

        Assert.True(model.ModelConfig!.Length > 64 * 1024);
        Assert.Equal("Sequential", (string)JsonNode.Parse(model.ModelConfig)!["class_name"]!);
        Assert.Equal(301, model.Layers.Count);
        Assert.StartsWith("layer_299", model.Layers[299].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Integer_scalars_keep_their_type()
    {
        IReadOnlyList<WeightData> optimizer = LegacyHdf5.Read(new GoldenFile("mlp").LegacyPath).OptimizerWeights!;

        // 24 samples in batches of 8 for 2 epochs.
        Assert.Equal(("adam/iteration", "int32", 6L), (optimizer[0].Name, optimizer[0].DType, optimizer[0].ToInt64s()[0]));
        Assert.Empty(optimizer[0].Shape);
    }

    [Fact]
    public void A_missing_file_is_reported_as_missing()
    {
        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(() => LegacyHdf5.Read("no-such-folder/model.h5"));

        Assert.Contains("no-such-folder/model.h5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weights_file_in_place_of_a_model_is_named_as_such()
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => LegacyHdf5.Read(new GoldenFile("mlp").WeightsPath));

        Assert.Contains(".weights.h5", exception.Problem, StringComparison.Ordinal);
        Assert.EndsWith("model.weights.h5", exception.FileName, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(text => (string)text!);
}
