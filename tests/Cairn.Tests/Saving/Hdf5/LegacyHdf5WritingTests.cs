using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

public class LegacyHdf5WritingTests
{
    [Theory, MemberData(nameof(LegacyHdf5ReadingTests.Models), MemberType = typeof(LegacyHdf5ReadingTests))]
    public void A_file_by_Keras_written_again_reads_back_the_same(string name)
    {
        ModelData model = LegacyHdf5.Read(new GoldenFile(name).LegacyPath);

        ModelData again = RoundTrip(model);

        AssertSame(model, again);
    }

    [Theory, MemberData(nameof(LegacyHdf5ReadingTests.Models), MemberType = typeof(LegacyHdf5ReadingTests))]
    public void H5py_sees_in_our_file_what_it_sees_in_the_one_by_Keras(string name)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        string path = new GoldenFile(name).LegacyPath;
        AtomicFile.Write(folder["ours.h5"], stream => LegacyHdf5.Write(stream, LegacyHdf5.Read(path)));

        JsonArray ours = OutsideTools.Inventory(folder["ours.h5"]);
        JsonArray theirs = OutsideTools.Inventory(path);

        AssertSameItems(theirs, ours);
    }

    [Theory, InlineData("mlp"), InlineData("cnn_bn"), InlineData("nested_sequential"), InlineData("mlp_names_unicode_trainable_false")]
    public void H5py_sees_in_our_file_the_inventory_of_the_reference(string name)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        var golden = new GoldenFile(name);
        AtomicFile.Write(folder["ours.h5"], stream => LegacyHdf5.Write(stream, LegacyHdf5.Read(golden.LegacyPath)));

        JsonArray ours = OutsideTools.Inventory(folder["ours.h5"]);
        foreach (JsonNode? item in ours)
        {
            item!.AsObject().Remove("sum");
        }

        AssertSameItems(golden.Inventory("h5_inventory_h5"), ours);
    }

    [Fact]
    public void H5dump_prints_the_numbers_we_wrote()
    {
        OutsideTools.RequireH5dump();
        using var folder = new TemporaryFolder();
        var model = new ModelData
        {
            ModelConfig = "{}",
            Layers = [new("dense", [WeightData.FromSingles("m/dense/kernel", [2, 2], new[] { 1f, 2.5f, -3f, 0.125f })])],
            OptimizerWeights = [WeightData.Scalar("adam/iteration", 42)],
        };
        AtomicFile.Write(folder["model.h5"], stream => LegacyHdf5.Write(stream, model));

        string kernel = OutsideTools.H5dump("-d", "/model_weights/dense/m/dense/kernel", folder["model.h5"]);
        Assert.Contains("(0,0): 1, 2.5,\n   (1,0): -3, 0.125", kernel, StringComparison.Ordinal);
        string iteration = OutsideTools.H5dump("-d", "/optimizer_weights/adam/iteration", folder["model.h5"]);
        Assert.Contains("(0): 42", iteration, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_element_type_survives_the_round_trip_and_is_known_to_h5py()
    {
        var weights = WeightType.All
            .Select((type, i) => new WeightData($"w/{type}", [3], type, Enumerable.Repeat((byte)1, 3 * WeightType.SizeOf(type)).ToArray()))
            .ToList();
        var model = new ModelData { Layers = [new("w", weights)] };

        AssertSame(model, RoundTrip(model));

        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["types.h5"], stream => LegacyHdf5.Write(stream, model));
        IEnumerable<(string, string)> seen = OutsideTools.Inventory(folder["types.h5"]).Where(item => item!["dtype"] is not null)
            .Select(item => ((string)item!["path"]!, (string)item["dtype"]!));
        Assert.Equal(WeightType.All.Select(type => ($"model_weights/w/w/{type}", type)).Order(), seen.Order());
    }

    [Fact]
    public void Empty_lists_zero_sized_weights_scalars_and_remarks_survive_the_round_trip()
    {
        var model = new ModelData
        {
            ModelConfig = "{\"name\": \"modèle\"}",
            Layers = [new("flatten", []), new("empty", [WeightData.FromSingles("e/kernel", [0, 3], Memory<float>.Empty)])],
            TopLevelWeights = [WeightData.Scalar("scale", 2.5f)],
            CairnAttributes = new Dictionary<string, string> { ["best"] = "0.25" },
        };

        ModelData again = RoundTrip(model);

        AssertSame(model, again);
        Assert.Null(again.OptimizerWeights);
        Assert.Null(again.TrainingConfig);
        Assert.Equal("0.25", again.CairnAttributes["best"]);
    }

    [Theory]
    [InlineData(300, 500)] // 150 KB of names
    [InlineData(9000, 1)] // short names, whose references alone exceed 64 KB
    public void Names_too_many_for_one_attribute_are_split_and_read_back_in_order(int count, int padding)
    {
        IEnumerable<string> names = Enumerable.Range(0, count).Select(i => $"{i}{new string('é', padding)}");
        var model = new ModelData { ModelConfig = new string('x', 200_000), Layers = [.. names.Select(name => new LayerData(name, []))] };

        ModelData again = RoundTrip(model);

        AssertSame(model, again);
    }

    [Fact]
    public void Two_layers_or_weights_of_the_same_name_are_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        var kernel = WeightData.Scalar("a/kernel", 1f);
        ModelData[] clashes =
        [
            new() { Layers = [new("a", [kernel, kernel])] },
            new() { Layers = [new("a", []), new("a", [])] },
            new() { Layers = [new("a", [kernel, WeightData.Scalar("a/kernel/x", 1f)])] },
        ];

        foreach (ModelData model in clashes)
        {
            Assert.Throws<ArgumentException>(() => AtomicFile.Write(folder["model.h5"], stream => LegacyHdf5.Write(stream, model)));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public void Weights_in_native_memory_are_written_without_a_copy_of_them()
    {
        const int Count = 4_000_000;
        using var folder = new TemporaryFolder();
        unsafe
        {
            float* memory = (float*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(Count * sizeof(float));
            memory[Count - 1] = 7f;
            var kernel = WeightData.FromPointer("big/kernel", [Count], WeightType.Float32, (nint)memory, this);
            var model = new ModelData { Layers = [new("big", [kernel])] };
            LegacyHdf5.Write(new MemoryStream(), new ModelData()); // Allocates what is allocated once for all files.

            using var target = new FileStream(folder["big.h5"], FileMode.CreateNew, FileAccess.ReadWrite);
            long before = GC.GetAllocatedBytesForCurrentThread();
            LegacyHdf5.Write(target, model);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            System.Runtime.InteropServices.NativeMemory.Free(memory);

            Assert.True(allocated < Count, $"{allocated} bytes were allocated to write {Count * sizeof(float)}");
        }

        Assert.Equal(7f, LegacyHdf5.Read(folder["big.h5"]).Layers[0].Weights[0].AsSpan<float>()[Count - 1]);
    }

    [Fact]
    public void Weights_longer_than_one_piece_are_written_completely()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        float[] many = [.. Enumerable.Range(0, 3_000_000).Select(i => (float)i)];
        var model = new ModelData
        {
            Layers =
            [
                new("a", [WeightData.FromSingles("a/rows", [300, 10_000], many),
                    WeightData.FromSingles("a/within", [1, 2, 1, 1_500_000], many), WeightData.Scalar("a/one", 5f)]),
            ],
        };
        AtomicFile.Write(folder["large.h5"], stream => LegacyHdf5.Write(stream, model));

        using ModelData read = LegacyHdf5.Read(folder["large.h5"]);
        Assert.All(read.Layers[0].Weights.Take(2), weight => Assert.Equal(many, weight.ToSingles()));
        Assert.Equal([1, 2, 1, 1_500_000], read.Layers[0].Weights[1].Shape);
        Assert.Equal(
            "True True 5.0",
            OutsideTools.RunPython(
                """
                import h5py, sys
                import numpy as np
                g = h5py.File(sys.argv[1])['model_weights/a/a']
                print((g['rows'][()].ravel() == np.arange(3000000)).all(), (g['within'][()].ravel() == np.arange(3000000)).all(), g['one'][()])
                """, folder["large.h5"]).Trim());
    }

    private static ModelData RoundTrip(ModelData model)
    {
        using var stream = new MemoryStream();
        LegacyHdf5.Write(stream, model);
        return LegacyHdf5.Read(stream, fileName: null);
    }

    private static void AssertSame(ModelData expected, ModelData actual)
    {
        Assert.Equal(expected.ModelConfig, actual.ModelConfig);
        Assert.Equal(expected.TrainingConfig, actual.TrainingConfig);
        Assert.Equal((expected.KerasVersion, expected.Backend), (actual.KerasVersion, actual.Backend));
        Assert.Equal(expected.CairnAttributes, actual.CairnAttributes);
        Assert.Equal(expected.Layers.Select(layer => layer.Name), actual.Layers.Select(layer => layer.Name));
        foreach ((LayerData? want, LayerData? got) in expected.Layers.Zip(actual.Layers))
        {
            AssertSame(want.Weights, got.Weights);
        }

        AssertSame(expected.TopLevelWeights, actual.TopLevelWeights);
        AssertSame(expected.OptimizerWeights ?? [], actual.OptimizerWeights ?? []);
    }

    private static void AssertSame(IReadOnlyList<WeightData> expected, IReadOnlyList<WeightData> actual)
    {
        Assert.Equal(expected.Select(weight => (weight.Name, weight.DType)), actual.Select(weight => (weight.Name, weight.DType)));
        foreach ((WeightData? want, WeightData? got) in expected.Zip(actual))
        {
            Assert.Equal(want.Shape, got.Shape);
            Assert.Equal(want.Bytes.ToArray(), got.Bytes.ToArray());
        }
    }

    private static void AssertSameItems(JsonArray expected, JsonArray actual)
    {
        var want = expected.ToDictionary(item => (string)item!["path"]!);
        var got = actual.ToDictionary(item => (string)item!["path"]!);
        Assert.Equal(want.Keys.Order(StringComparer.Ordinal), got.Keys.Order(StringComparer.Ordinal));
        foreach ((string? path, JsonNode? item) in want)
        {
            Assert.True(JsonNode.DeepEquals(item, got[path]), $"{path}: expected {item}, found {got[path]}");
        }
    }
}
