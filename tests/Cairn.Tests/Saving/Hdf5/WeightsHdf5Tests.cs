using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

public class WeightsHdf5Tests
{
    public static TheoryData<string> Models =>
        ["mlp", "mlp_sgd_momentum", "mlp_rmsprop_centered", "mlp_adamw_schedule", "cnn_bn", "nested_sequential", "mlp_loss_scale"];

    [Theory, MemberData(nameof(Models))]
    public void The_groups_names_and_optimizer_state_of_a_file_by_Keras_are_read(string name)
    {
        var golden = new GoldenFile(name);
        IEnumerable<(string, string)> expected = golden.Inventory("h5_inventory_weights_h5")
            .Where(item => ((string)item!["path"]!).Split('/')[^1] == "vars")
            .Select(item => ((string)item!["path"]!, (string)item["attrs"]!["name"]!));

        WeightGroups groups = WeightsHdf5.Read(golden.WeightsPath);

        Assert.Equal(expected.Order(), groups.Values.Select(group => ((group.Path + "/vars").TrimStart('/'), group.Name!)).Order());
        IReadOnlyList<WeightData> optimizer = groups["optimizer"].Weights;
        Assert.Equal(Enumerable.Range(0, golden.Optimizer.Count).Select(i => $"{i}"), optimizer.Select(weight => weight.Name));
        foreach ((GoldenWeight? want, WeightData? got) in golden.Optimizer.Zip(optimizer))
        {
            Assert.Equal(want.Values, got.ToSingles());
        }
    }

    [Fact]
    public void Weights_have_the_positions_of_Keras()
    {
        var golden = new GoldenFile("mlp");

        WeightGroups groups = WeightsHdf5.Read(golden.WeightsPath);

        Assert.Equal(golden.Weights[2].Values, groups["layers/dense_1"].Weights[0].ToSingles());
        Assert.Equal("second", groups["layers/dense_1"].Name);
        Assert.Empty(groups[""].Weights);
    }

    [Theory, MemberData(nameof(Models))]
    public void H5py_sees_in_our_file_what_it_sees_in_the_one_by_Keras(string name)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        string path = new GoldenFile(name).WeightsPath;
        AtomicFile.Write(folder["ours.weights.h5"], stream => WeightsHdf5.Write(stream, WeightsHdf5.Read(path).Values));

        JsonArray ours = OutsideTools.Inventory(folder["ours.weights.h5"]);

        Assert.True(JsonNode.DeepEquals(OutsideTools.Inventory(path), ours), $"{ours}");
    }

    [Fact]
    public void Variables_with_names_of_their_own_and_objects_without_a_name_survive_the_round_trip()
    {
        WeightGroup[] groups =
        [
            new("", "m", []),
            new("layers/dropout/seed_generator", null, [WeightData.Scalar("seed_generator_state", 7)]),
            new("layers/nothing", null, []),
        ];
        using var stream = new MemoryStream();
        WeightsHdf5.Write(stream, groups);

        WeightGroups again = WeightsHdf5.Read(stream, fileName: null);

        Assert.Equal(["", "layers/dropout/seed_generator"], again.Keys.Order());
        Assert.Null(again["layers/dropout/seed_generator"].Name);
        Assert.Equal(7, again["layers/dropout/seed_generator"].Weights.Single().AsSpan<int>()[0]);
    }

    [Fact]
    public void A_whole_model_in_place_of_weights_is_named_as_such()
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => WeightsHdf5.Read(new GoldenFile("mlp").LegacyPath));

        Assert.Contains("whole-model", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_follow_the_class_and_are_counted()
    {
        var names = new SaveableNames();
        string[] classes = ["Dense", "Conv2D", "Dense", "GlobalAveragePooling1D", "LSTM", "BatchNormalization", "Dense", "PReLU"];

        Assert.Equal(
            ["dense", "conv2d", "dense_1", "global_average_pooling1d", "lstm", "batch_normalization", "dense_2", "p_re_lu"],
            classes.Select(names.Next));
    }
}
