using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>The contents of Cairn's files compared with those of Keras for the same model.</summary>
public sealed class ReferenceFileContentTests
{
    // Keras lists the softmax and dropout layers of attention; they are empty.
    private static readonly string[] PartsOfAttention = ["/_softmax", "/_dropout_layer"];

    public static TheoryData<string, string> Configs =>
        [.. RecordedModel.Names.SelectMany(name => new RecordedModel(name).Files.Where(file => file != "model.weights.h5")
        .Select(file => new TheoryDataRow<string, string>(name, file)))];

    [Theory]
    [MemberData(nameof(Configs))]
    public void Architecture_and_training_are_written_with_the_keys_and_values_of_Keras(string name, string file)
    {
        using var folder = new TemporaryFolder();
        var recorded = new RecordedModel(name);
        using (Model model = recorded.Load(file))
        {
            model.Save(folder[file]);
        }

        Assert.Equal([], JsonDifferences.Between(Config(recorded.PathOf(file)), Config(folder[file])));
    }

    [Theory]
    [InlineData("model.h5")]
    [InlineData("model.weights.h5")]
    [InlineData("model.keras")]
    public void H5py_finds_the_groups_attributes_and_arrays_that_it_finds_in_the_files_of_Keras(string file)
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        RecordedModel[] models =
            [.. RecordedModel.Names.Select(name => new RecordedModel(name)).Where(model => model.Files.Contains(file))];
        foreach (RecordedModel recorded in models)
        {
            Directory.CreateDirectory(folder[recorded.Name]);
            using Model model = recorded.Load(file);
            if (file == "model.weights.h5")
            {
                model.SaveWeights(Path.Combine(folder[recorded.Name], file));
            }
            else
            {
                model.Save(Path.Combine(folder[recorded.Name], file));
            }
        }

        IReadOnlyList<JsonArray> theirs = OutsideTools.Inventories([.. models.Select(model => model.PathOf(file))]);
        IReadOnlyList<JsonArray> ours = OutsideTools.Inventories([.. models.Select(model => Path.Combine(folder[model.Name], file))]);

        foreach ((RecordedModel model, (JsonArray their, JsonArray our)) in models.Zip(theirs.Zip(ours)))
        {
            Assert.Equal((model.Name, string.Join('\n', Lines(their, model.Name, file))),
                (model.Name, string.Join('\n', Lines(our, model.Name, file))));
        }
    }

    private static JsonNode Config(string path)
    {
        if (path.EndsWith(".keras", StringComparison.Ordinal))
        {
            using var archive = KerasArchive.Read(path);
            return KerasJson.Comparable(archive.Config)!;
        }

        using ModelData data = LegacyHdf5.Read(path);
        return new JsonObject
        {
            ["model_config"] = KerasJson.Comparable(JsonNode.Parse(data.ModelConfig!)),
            ["training_config"] = KerasJson.Comparable(JsonNode.Parse(data.TrainingConfig!)),
        };
    }

    // In legacy files of nested models Keras names a weight after the model it was first built in, which a model loaded from a file can't
    // know.
    private static IEnumerable<string> Lines(JsonArray inventory, string name, string file)
    {
        bool named = file != "model.h5" || !name.StartsWith("nested", StringComparison.Ordinal);
        return inventory.Where(item => named
            ? !PartsOfAttention.Any(part => item!["path"]!.GetValue<string>().Contains(part, StringComparison.Ordinal))
            : item!["shape"] is not null)
            .Select(item =>
            $"{(named ? item!["path"] : "")} {item!["shape"]?.ToJsonString()} {item["dtype"]} {item["sum"]} {(named ? Attributes(item["attrs"]) : "")}".Trim())
            .Order(StringComparer.Ordinal);
    }

    // The configurations are tested separately; Cairn writes "tensorflow" as the backend, which Keras never reads.
    private static string Attributes(JsonNode? attributes) => string.Join(", ", (attributes as JsonObject ?? [])
        .Where(pair => pair.Key is not ("model_config" or "training_config" or "backend"))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}: {pair.Value?.ToJsonString()}"));
}
