using System.Text.Json.Nodes;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>A model trained and saved by Keras: its files and their expected contents.</summary>
internal sealed class GoldenFile
{
    private readonly string name;
    private readonly JsonNode json;

    public GoldenFile(string name)
    {
        this.name = name;
        json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!;
    }

    // Always those of this repository, whose contents the tests know.
    public static string Folder { get; } = Path.Combine(ReferenceFile.Own, "files");

    public string LegacyPath => PathOf("model.h5");

    public string WeightsPath => PathOf("model.weights.h5");

    /// <summary>Groups, datasets and attributes that h5py found in the file.</summary>
    public JsonArray Inventory(string key) => json[key]!.AsArray();

    public IReadOnlyList<GoldenWeight> Weights => Split("weights", "weights.npy");

    public IReadOnlyList<GoldenWeight> Optimizer => Split("optimizer_variables", "optimizer.npy");

    public string PathOf(string file) => Path.Combine(Folder, name, file);

    public static void AssertSame(IReadOnlyList<GoldenWeight> expected, IReadOnlyList<WeightData> actual)
    {
        Assert.Equal(expected.Select(weight => weight.Name), actual.Select(weight => weight.Name));
        foreach ((GoldenWeight? want, WeightData? got) in expected.Zip(actual))
        {
            Assert.Equal(want.Shape, got.Shape);
            Assert.Equal(want.DType, got.DType);
            Assert.Equal(want.Values, got.ToSingles());
        }
    }

    // The arrays next to the JSON have all variables in its order, integers as float32.
    private List<GoldenWeight> Split(string list, string vector)
    {
        float[] all = NpyFile.Read(PathOf(vector)).ToSingles();
        var result = new List<GoldenWeight>();
        int start = 0;
        foreach (JsonNode? entry in json[list]!.AsArray())
        {
            long[] shape = entry!["shape"]!.AsArray().Select(dimension => (long)dimension!).ToArray();
            int count = (int)shape.Aggregate(1L, (product, dimension) => product * dimension);
            result.Add(new((string)entry["path"]!, shape, (string)entry["dtype"]!, all[start..(start + count)]));
            start += count;
        }

        Assert.Equal(all.Length, start);
        return result;
    }
}
