using System.IO.Compression;
using System.Text.Json.Nodes;
using Cairn.Data;
using Cairn.Optimizers;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Training;

/// <summary>Models and arrays written by Keras, in one zip file with an <c>index.json</c> that lists the cases.</summary>
internal sealed class PackedCases(string file)
{
    private readonly string path = Path.Combine(ReferenceFile.Own, file);

    public IReadOnlyList<JsonObject> Index => [.. JsonNode.Parse(Read("index.json"))!.AsArray().Select(c => c!.AsObject())];

    public IEnumerable<string> Names(Func<JsonObject, bool> which) => Index.Where(which).Select(c => c["name"]!.GetValue<string>());

    public JsonObject Case(string name) => Index.Single(c => c["name"]!.GetValue<string>() == name);

    public bool Has(string member)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return zip.GetEntry(member) is not null;
    }

    public byte[] Read(string member)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream stream = zip.GetEntry(member)!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Extracts a member to a folder and returns its path.</summary>
    public string Extract(string member, TemporaryFolder folder)
    {
        File.WriteAllBytes(folder[member], Read(member));
        return folder[member];
    }

    public NDArray Array(string member, TemporaryFolder folder) =>
        ReferenceRun.ToNDArray(NpyFile.Read(Extract(member, folder)));

    /// <summary>Asserts that a model predicts NAME.y0.npy for the inputs of the case.</summary>
    public void AssertPredicts(Model model, string name, TemporaryFolder folder)
    {
        NDArray expected = Array($"{name}.y0.npy", folder);
        NDArray y = model.Predict(Arrays(name, "x", folder), verbose: 0);
        Assert.Equal(expected.Shape, y.Shape);
        Tolerance.Near(expected.ToArray(), y.ToArray(), Tolerance.Prediction, name);
    }

    /// <summary>Asserts that NAME.keras has the recorded losses in three epochs of one batch.</summary>
    public void AssertTrains(string name, Optimizer optimizer, TemporaryFolder folder)
    {
        using var model = Model.Load(Extract($"{name}.keras", folder));
        model.Compile(optimizer, "mse");
        NDArray t = Array($"{name}.t.npy", folder);
        Cairn.Callbacks.History history = model.Fit(
            Arrays(name, "x", folder), t, batchSize: (int)t.Shape[0], epochs: 3, shuffle: false, verbose: 0);
        Tolerance.Near([.. Case(name)["loss"]!.AsArray().Select(v => v!.GetValue<float>())], [.. history["loss"].Select(v => (float)v)],
            Tolerance.Dense, name);
    }

    /// <summary>NAME.x0.npy, NAME.x1.npy, ….</summary>
    public NDArrays Arrays(string name, string kind, TemporaryFolder folder)
    {
        List<NDArray> arrays = [];
        while (Has($"{name}.{kind}{arrays.Count}.npy"))
        {
            arrays.Add(Array($"{name}.{kind}{arrays.Count}.npy", folder));
        }

        return NDArrays.Create([.. arrays]);
    }
}
