using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>Small files that would take gigabytes are rejected before they exceed the budget of a small file.</summary>
public sealed class SmallFilesThatAskForMuchTests
{
    // The sum of FileLimits.MinimumReadBudget and a million JSON values.
    private const long Most = 256L << 20;

    // Each of 50 groups is in the previous one under two names: 2^50 paths of up to 25,000 characters.
    [Fact]
    public void Groups_with_exponentially_many_paths_are_refused()
    {
        AssertRefused("bomb.weights.h5", path => WeightsHdf5.Read(path).Dispose(), "longer than the file", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                group = f
                for i in range(50):
                    below = f.create_group(None)
                    group['x' * 500] = below
                    group['y' * 500] = below
                    group = below
            """);
    }

    // Each of four links has 60 steps, and each step is the previous link: 60^4 groups to traverse.
    [Fact]
    public void Links_through_links_are_refused()
    {
        AssertRefused("bomb.h5", path => LegacyHdf5.Read(path).Dispose(), "form a cycle", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                f['a'] = f
                for link, to in ('ba', 'cb', 'dc', 'ed'): f[link] = h5py.SoftLink('/'.join([to] * 60))
                f.attrs['layer_names'] = ['e']
            """);
    }

    [Fact]
    public void Pieces_far_larger_than_their_array_are_refused()
    {
        AssertRefused("bomb.h5", path => LegacyHdf5.Read(path).Dispose(), "too many for a file", """
            import h5py, sys
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                g.attrs['weight_names'] = ['w'] * 500
                g.create_dataset('w', (1,), 'f8', data=[0], maxshape=(None,), chunks=(1 << 22,), compression='gzip')
            """);
    }

    // Ten weights of 1 MB, all at the same address.
    [Fact]
    public void Weights_that_overlap_are_refused()
    {
        AssertRefused("bomb.h5", path => LegacyHdf5.Read(path, new FileLimits { MinimumReadBudget = 1 << 20 }).Dispose(), "overlap", """
            import h5py, sys
            import numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.attrs['layer_names'] = ['l']
                g = f.create_group('l')
                g.create_dataset('w0', data=np.zeros(250_000, 'f4'))
                for i in range(1, 10): g[f'w{i}'] = g['w0']
                g.attrs['weight_names'] = [f'w{i}' for i in range(10)]
            """);
    }

    // Each of 40 models calls its inner model twice: 2^40 layers to run.
    [Fact]
    public void Models_with_exponentially_many_calls_are_refused()
    {
        string layer = "'class_name': 'Dense', 'name': 'm0', 'config': {'name': 'm0', 'units': 2}";
        for (int i = 1; i <= 40; i++)
        {
            int first = i == 1 ? 0 : 1; // models' calls are counted from 1
            layer = $$"""
                'class_name': 'Functional', 'name': 'm{{i}}', 'config': {'name': 'm{{i}}', 'layers': [
                    {'class_name': 'InputLayer', 'name': 'x', 'config': {'batch_shape': [null, 2], 'name': 'x'}, 'inbound_nodes': []},
                    { {{layer}}, 'inbound_nodes': [[['x', 0, 0, {}]], [['m{{i - 1}}', {{first}}, 0, {}]]] }],
                  'input_layers': [['x', 0, 0]], 'output_layers': [['m{{i - 1}}', {{first + 1}}, 0]] }
                """;
        }

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.FromJson($"{{{layer}}}".Replace('\'', '"')));

        Assert.Contains("at most 100000", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_request_too_much_memory_leave_the_model_uncompiled()
    {
        using var folder = new TemporaryFolder();
        JsonObject config;
        using (var sound = KerasArchive.Read(new GoldenFile("mlp").PathOf("model.keras")))
        {
            config = sound.Config;
        }

        JsonNode one = JsonNode.Parse("""{"class_name":"AUC","config":{"num_thresholds":1000000}}""")!;
        config["compile_config"]!["metrics"] = new JsonArray([.. Enumerable.Range(0, 50_000).Select(_ => one.DeepClone())]);
        WriteArchive(folder["bomb.keras"], config.ToJsonString());
        long before = GC.GetAllocatedBytesForCurrentThread();

        using var model = Model.Load(folder["bomb.keras"]);

        Assert.False(model.Compiled);
        Assert.Contains("num_thresholds", Assert.Single(model.LoadWarnings), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
    }

    // The description of a model may be compressed 1000:1, and two characters of it take a hundred bytes when parsed.
    [Theory]
    [InlineData("a list", "at most 16777216")]
    [InlineData("numbers", "more than 1000000 values")]
    [InlineData("fewer numbers", "at most 100000 layers")]
    [InlineData("empty lists", "at most 100000 layers")]
    [InlineData("unknown layers", "is unknown")]
    [InlineData("keys", "class_name")]
    [InlineData("layers", "is unknown")]
    [InlineData("a long list for a text", "a string")]
    [InlineData("a long name of a class", "is unknown")]
    [InlineData("a long list in an unknown layer", "is unknown")]
    public void Descriptions_of_models_that_are_packed_are_refused(string what, string problem)
    {
        using var folder = new TemporaryFolder();
        WriteArchive(folder["bomb.keras"], what switch
        {
            "a list" => Layers(Repeated("0", 9_000_000)),
            "numbers" => Layers(Repeated("0", 8_000_000)),
            "fewer numbers" => Layers(Repeated("0", 999_000)),
            "empty lists" => Layers(Repeated("[]", 999_000)),
            "unknown layers" =>
                Layers(string.Join(',', Enumerable.Range(0, 90_000)
                .Select(i => $"{{\"class_name\":\"Fltten\",\"config\":{{\"name\":\"{i}\"}}}}")))
                .Replace("Sequential", "Functional", StringComparison.Ordinal),
            "keys" => Layers($"{{{string.Join(',', Enumerable.Range(0, 499_000).Select(i => $"\"{i:x}\":0"))}}}"),
            "layers" => Layers(Repeated("""{"class_name":"Flatten","config":{}}""", 99_000) + """,{"class_name":"Fltten"}"""),
            "a long list for a text" =>
                "{\"class_name\":\"Sequential\",\"config\":{\"layers\":[],\"name\":[" + Repeated("\"\u00e9\u00e9\"", 990_000) + "]}}",
            "a long name of a class" => "{\"class_name\":\"" + new string('\u00e9', 8_000_000) + "\"}",
            "a long list in an unknown layer" =>
                "{\"class_name\":\"Lambada\",\"config\":{\"a\":[" + Repeated("\"\u00e9\u00e9\"", 990_000) + "]}}",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        });
        Assert.InRange(new FileInfo(folder["bomb.keras"]).Length, 0, 4 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder["bomb.keras"]));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);

        static string Layers(string layers) => "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[" + layers + "]}}";
        static string Repeated(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));
    }

    private static void WriteArchive(string path, string config)
    {
        using ZipArchive sound = ZipFile.OpenRead(new GoldenFile("mlp").PathOf("model.keras"));
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (ZipArchiveEntry entry in sound.Entries)
        {
            using Stream to = zip.CreateEntry(entry.FullName, CompressionLevel.SmallestSize).Open();
            using Stream from = entry.FullName == "config.json" ? new MemoryStream(Encoding.UTF8.GetBytes(config)) : entry.Open();
            from.CopyTo(to);
        }
    }

    private static void AssertRefused(string name, Action<string> read, string problem, string script)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        OutsideTools.RunPython(script, folder[name]);
        Assert.True(new FileInfo(folder[name]).Length < 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => read(folder[name]));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
    }
}
