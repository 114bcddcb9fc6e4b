using System.IO.Compression;
using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>Limits on files, and raising them.</summary>
public sealed class FileLimitsTests
{
    [Fact]
    public void Weights_compressed_1000_to_1_are_refused_unless_allowed()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(
            """
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['d']
                g = f.create_group('d')
                g.attrs['weight_names'] = ['d/kernel', 'd/bias']
                g.create_dataset('d/kernel', data=np.zeros((4096, 8192), 'f4'), compression='gzip')
                g.create_dataset('d/bias', data=np.zeros(8192, 'f4'))
            """, folder["zeros.h5"]);
        using var model =
            new Sequential([new Cairn.Layers.Input([4096]), new Cairn.Layers.Dense(8192, kernelInitializer: "ones", name: "d")]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["zeros.h5"]));
        Assert.Contains("too many for a file of", exception.Problem, StringComparison.Ordinal);

        model.LoadWeights(folder["zeros.h5"], limits: new FileLimits { MaximumExpansion = 2000 });
        Assert.Equal(0, model.Weights[0].Value.count_nonzero().item<long>());
    }

    [Fact]
    public void An_archive_compressed_1000_to_1_is_refused_unless_allowed()
    {
        using var folder = new TemporaryFolder();
        using (var model = new Sequential([new Cairn.Layers.Input([4096]), new Cairn.Layers.Dense(8192, kernelInitializer: "zeros")]))
        {
            model.Save(folder["plain.keras"]);
        }

        using (ZipArchive plain = ZipFile.OpenRead(folder["plain.keras"]))
        using (ZipArchive packed = ZipFile.Open(folder["packed.keras"], ZipArchiveMode.Create))
        {
            foreach (ZipArchiveEntry entry in plain.Entries)
            {
                using Stream from = entry.Open();
                using Stream to = packed.CreateEntry(entry.FullName, CompressionLevel.Optimal).Open();
                from.CopyTo(to);
            }
        }

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder["packed.keras"]));
        Assert.Contains("compress", exception.Problem, StringComparison.Ordinal);

        using var loaded = Model.Load(folder["packed.keras"], limits: new FileLimits { MaximumZipExpansion = 2000 });
        Assert.Equal(0, loaded.Weights[0].Value.count_nonzero().item<long>());
    }

    [Fact]
    public void Depth_names_and_texts_are_bounded_and_the_bounds_can_be_moved()
    {
        string json =
            """{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"units": 1}}]}}""";

        Assert.Throws<ModelFormatException>(() => Model.FromJson(json, limits: new FileLimits { MaximumJsonDepth = 3 }));
        Assert.Throws<ModelFormatException>(() => Model.FromJson(json, limits: new FileLimits { MaximumJsonBytes = 100 }));
        Model.FromJson(json, limits: new FileLimits { MaximumJsonDepth = 8 }).Dispose();
        string deep = string.Concat(Enumerable.Repeat("[", 600)) + string.Concat(Enumerable.Repeat("]", 600));
        Assert.Contains("depth", Assert.Throws<ModelFormatException>(() => Model.FromJson($$"""{"x": {{deep}}}""")).Message,
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_and_the_number_of_arrays_are_bounded_in_every_file_of_names()
    {
        using var folder = new TemporaryFolder();
        using var model =
            new Sequential([new Cairn.Layers.Input([1]), new Cairn.Layers.Dense(1, name: new string('n', 100)), new Cairn.Layers.Dense(1)]);
        foreach (string file in new[] { "w.safetensors", "w.dat", "w.weights.h5" })
        {
            model.SaveWeights(folder[file]);
            model.LoadWeights(folder[file]);
            Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder[file], limits: new FileLimits { MaximumObjects = 2 }));
            Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder[file], limits: new FileLimits { MaximumNameBytes = 3 }));
        }

        model.Save(folder["m.keras"]);
        Assert.Throws<ModelFormatException>(() => Model.Load(folder["m.keras"], limits: new FileLimits { MaximumMembers = 2 }));
        Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["w.dat"], limits: new FileLimits { MaximumRank = 1 }));
        Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["w.dat"], limits: new FileLimits { MaximumWeightBytes = 3 }));
    }

    [Theory]
    [InlineData("""{"class_name": "AUC", "config": {"num_thresholds": 2147483647}}""", "num_thresholds")]
    [InlineData("""{"class_name": "AUC", "config": {"multi_label": true, "num_labels": 2147483647}}""", "num_labels")]
    [InlineData("""{"class_name": "MeanIoU", "config": {"num_classes": 40000}}""", "num_classes")]
    [InlineData("""{"class_name": "RecallAtPrecision", "config": {"precision": 0.5, "num_thresholds": 2000000000}}""", "num_thresholds")]
    public void A_metric_in_a_file_cannot_request_unbounded_memory(string metric, string key)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConfigException exception = Assert.Throws<ConfigException>(
            () => Cairn.Metrics.MetricRegistry.Deserialize(System.Text.Json.Nodes.JsonNode.Parse(metric), "metrics"));

        Assert.Contains(key, exception.Place, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Tens_of_thousands_of_unnamed_layers_are_handled_quickly()
    {
        string layers = string.Join(", ", Enumerable.Repeat("""{"class_name": "Flatten", "config": {}}""", 100_000));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        using var model = Model.FromJson($$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{layers}}}]}}""");

        // Quadratic time would be many minutes.
        Assert.Equal("flatten_99999", model.Layers[^1].Name);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
    }

    [Fact]
    public void A_limit_is_above_zero()
    {
        Assert.Equal("MaximumDepth", Assert.Throws<ArgumentOutOfRangeException>(() => new FileLimits { MaximumDepth = 0 }).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileLimits { MaximumTotalBytes = -1 });
    }

    [Fact]
    public void Limits_hold_for_one_load_only()
    {
        string json =
            """{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"units": 1}}]}}""";
        Assert.Throws<ModelFormatException>(() => Model.FromJson(json, limits: new FileLimits { MaximumJsonDepth = 3 }));

        Model.FromJson(json).Dispose();
    }
}
