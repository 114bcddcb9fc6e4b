using System.IO.Compression;
using System.Text.Json.Nodes;
using Cairn.Data;
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
