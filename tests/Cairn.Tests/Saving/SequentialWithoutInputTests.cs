using System.IO.Compression;
using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Tests.Saving;

/// <summary>Keras archives of Sequential models that do not record the shape of their input.</summary>
public sealed class SequentialWithoutInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Weights_are_loaded_with_the_first_batch()
    {
        NDArray x = new float[,] { { 1, -2, 3 } };
        float[] expected;
        using (var model = new Sequential([new Input([3]), new Dense(4, "tanh"), new Dense(2)], seed: 5))
        {
            model.Compile("adam", "mse");
            model.Fit(x, new float[,] { { 1, 2 } }, epochs: 2, verbose: 0);
            expected = model.Predict(x, verbose: 0).ToArray();
            model.Save(folder["m.keras"]);
        }

        WithoutInput(folder["m.keras"]);
        using var loaded = Model.Load(folder["m.keras"]);
        Assert.Contains("does not record the shape", Assert.Single(loaded.LoadWarnings), StringComparison.Ordinal);
        Assert.Equal(expected, loaded.Predict(x, verbose: 0).ToArray());
        Assert.True(loaded.Compiled);
        loaded.Save(folder["again.keras"]);
        using var again = Model.Load(folder["again.keras"]);
        Assert.Equal(expected, again.Predict(x, verbose: 0).ToArray());
    }

    [Fact]
    public void A_vocabulary_is_there_at_once()
    {
        using (var model = new Sequential(
            [new Input([1], dtype: "string"), new TextVectorization(vocabulary: ["red", "green"], outputSequenceLength: 3)]))
        {
            model.Save(folder["m.keras"]);
        }

        WithoutInput(folder["m.keras"]);
        using var loaded = Model.Load(folder["m.keras"]);
        Assert.Equal([3, 1, 2], loaded.Predict(new string[,] { { "green blue red" } }, verbose: 0).ToArray());
    }

    [Theory]
    [InlineData("m.keras")]
    public void A_vocabulary_without_words_is_saved_and_loaded(string file)
    {
        using (var model = new Sequential([new Input([1], dtype: "string"), new TextVectorization(outputSequenceLength: 2)]))
        {
            ((TextVectorization)model.Layers[0]).Adapt(new[] { "" });
            model.Save(folder[file]);
        }

        using var loaded = Model.Load(folder[file]);
        loaded.Save(folder[$"again-{file}"]);
        using var again = Model.Load(folder[$"again-{file}"]);
        Assert.Equal(loaded.ToJson(), again.ToJson());
    }

    // As Keras 3 writes a model that was never called: no input layer and no shapes.
    private static void WithoutInput(string path)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        ZipArchiveEntry entry = zip.GetEntry("config.json")!;
        JsonObject config;
        using (Stream stream = entry.Open())
        {
            config = JsonNode.Parse(stream)!.AsObject();
        }

        config.Remove("build_config");
        JsonObject inner = config["config"]!.AsObject();
        inner.Remove("build_input_shape");
        JsonArray layers = inner["layers"]!.AsArray();
        layers.RemoveAt(0);
        foreach (JsonNode? layer in layers)
        {
            layer!["build_config"] = new JsonObject { ["input_shape"] = null };
        }

        entry.Delete();
        using Stream changed = zip.CreateEntry("config.json").Open();
        changed.Write(System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()));
    }
}
