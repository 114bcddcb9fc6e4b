using System.Text;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>A file is recognized by its content, whatever its name.</summary>
public sealed class FormatByContentTests
{
    private static readonly NDArray Rows = NDArray.From([1f, -2, 3, 0.5f, 4, -1, 0, 2, -0.5f, 1], [2, 5]);

    public static TheoryData<string, string> ModelsUnderOtherNames => new()
    {
        { "m.h5", "m.keras" }, { "m.hdf5", "m.keras" }, { "m.keras", "m.h5" }, { "m.keras", "m.hdf5" }, { "m.keras", "m.weights.h5" },
        { "m.h5", "m.safetensors" }, { "m.keras", "m" }, { "m.h5", "model.bin" }, { "m.h5", "m.json" }, { "m.keras", "m.dat" },
    };

    public static TheoryData<string, string> WeightsUnderOtherNames => new()
    {
        { "w.weights.h5", "w.h5" }, { "w.weights.h5", "w.keras" }, { "w.safetensors", "w.h5" }, { "w.safetensors", "w.dat" },
        { "w.dat", "w.safetensors" },
        { "w.dat", "w.bin" }, { "w.dat", "w.h5" }, { "w.weights.h5", "w" }, { "w.safetensors", "w.weights.json" },
        { "m.h5", "w.weights.h5" },
        { "m.keras", "w.weights.h5" },
    };

    public static TheoryData<string, string> OtherThings => new()
    {
        { "version https://git-lfs.github.com/spec/v1\noid "
            + "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n", "git lfs pull" },
        { "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>", "web page" },
        { "\n  <HTML lang=\"en\">", "web page" },
        { "\u0080\u0004\u0095", "pickle" },
        { "\u001f\u008b\u0008", "gzip" },
        { "", "empty" },
    };

    [Theory]
    [MemberData(nameof(ModelsUnderOtherNames))]
    public void A_model_is_loaded_under_any_name(string written, string read)
    {
        using var folder = new TemporaryFolder();
        using Model model = Trained();
        model.Save(folder[written]);
        File.Copy(folder[written], folder["x" + read]);

        using var loaded = Model.Load(folder["x" + read]);

        Assert.Equal(model.Predict(Rows, verbose: 0).ToArray(), loaded.Predict(Rows, verbose: 0).ToArray());
        Assert.True(loaded.Compiled);
        Assert.Equal(model.Optimizer!.Iterations, loaded.Optimizer!.Iterations);
        Assert.Empty(loaded.LoadWarnings);
    }

    [Theory]
    [MemberData(nameof(WeightsUnderOtherNames))]
    public void Weights_are_loaded_under_any_name(string written, string read)
    {
        using var folder = new TemporaryFolder();
        using Model model = Trained();
        if (written.StartsWith('m'))
        {
            model.Save(folder[written]);
        }
        else
        {
            model.SaveWeights(folder[written]);
        }

        File.Copy(folder[written], folder["x" + read]);
        using Model other = Create(seed: 9);

        other.LoadWeights(folder["x" + read]);

        Assert.Equal(model.Predict(Rows, verbose: 0).ToArray(), other.Predict(Rows, verbose: 0).ToArray());
    }

    [Theory]
    [MemberData(nameof(OtherThings))]
    public void Files_that_are_not_models_are_named_by_their_kind(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        using Model model = Create(seed: 1);
        foreach (string name in (string[])["x.keras", "x.h5", "x.weights.h5", "x.safetensors", "x.dat", "x.weights.json", "x"])
        {
            File.WriteAllBytes(folder[name], Encoding.Latin1.GetBytes(content));

            ModelFormatException whole = Assert.Throws<ModelFormatException>(() => Model.Load(folder[name]));
            ModelFormatException weights = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder[name]));

            Assert.Contains(expected, whole.Problem, StringComparison.Ordinal);
            Assert.Contains(expected, weights.Problem, StringComparison.Ordinal);
            Assert.Equal(folder[name], whole.FileName);
        }
    }

    [Fact]
    public void A_pointer_of_git_lfs_among_the_files_of_sharded_weights_is_named_too()
    {
        using var folder = new TemporaryFolder();
        using Model model = Create(seed: 1);
        File.WriteAllText(folder["w.weights.json"], """{"weight_map": {"/layers/dense/vars": "w_00000.weights.h5"}}""");
        File.WriteAllText(folder["w_00000.weights.h5"], "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["w.weights.json"]));

        Assert.Contains("git lfs pull", exception.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt"), InlineData("notes.h5"), InlineData("notes")]
    public void Content_of_no_known_format_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[name], "These are notes and no model.");

        Assert.Throws<ModelFormatException>(() => Model.Load(folder[name]));
    }

    [Theory]
    [InlineData(0x280), InlineData(0x380), InlineData(0x480), InlineData(0x580), InlineData(0x8B1F)]
    public void The_length_of_a_safetensors_header_is_not_taken_for_the_start_of_another_file(long length)
    {
        byte[] start = [.. BitConverter.GetBytes(length), .. "{\"kernel\":"u8];
        Assert.Null(ForeignFile.Problem(start));
        Assert.NotNull(ForeignFile.Problem([0x80, 2, (byte)'}', (byte)'q', 0, (byte)'(', (byte)'X', 1, 0]));
        Assert.NotNull(ForeignFile.Problem([0x80, 4, 0x95, (byte)'{', 0, 0, 0, 0, 0]));
    }

    [Theory]
    [InlineData("w.weights.h5"), InlineData("w.safetensors"), InlineData("w.dat")]
    public void A_weights_file_is_not_a_model_whatever_its_name(string written)
    {
        using var folder = new TemporaryFolder();
        using Model model = Trained();
        model.SaveWeights(folder[written]);
        File.Copy(folder[written], folder["x.keras"]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Model.Load(folder["x.keras"]));

        Assert.Contains("only weights", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_the_older_format_are_no_model_and_can_be_loaded()
    {
        using var folder = new TemporaryFolder();
        using Model model = Trained();
        var data = new ModelData
        {
            KerasVersion = "2.4.0",
            Layers = [.. model.Layers.Select(layer => new LayerData(layer.Name, [.. layer.Weights.Select(WeightTransfer.ToData)]))],
        };

        // Keras' save_weights writes at the root what a whole model has in 'model_weights'; the reader accepts both.
        AtomicFile.Write(folder["w.keras"], stream => LegacyHdf5.Write(stream, data));
        using Model other = Create(seed: 9);

        other.LoadWeights(folder["w.keras"], byName: true);

        Assert.Equal(model.Predict(Rows, verbose: 0).ToArray(), other.Predict(Rows, verbose: 0).ToArray());
        Assert.Contains("only weights", Assert.Throws<ModelFormatException>(() => Model.Load(folder["w.keras"])).Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_architecture_has_no_weights_to_load()
    {
        using var folder = new TemporaryFolder();
        using Model model = Create(seed: 1);
        File.WriteAllText(folder["m.json"], model.ToJson());

        Assert.Contains("FromJson", Assert.Throws<ModelFormatException>(() => Model.Load(folder["m.json"])).Problem,
            StringComparison.Ordinal);
        Assert.Contains("without weights", Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["m.json"])).Problem,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.safetensors"), InlineData("m.dat"), InlineData("m.weights.h5"), InlineData("m.weights.json")]
    public void A_missing_file_is_reported_as_not_found(string name)
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<FileNotFoundException>(() => Model.Load(folder[name]));
    }

    private static Sequential Create(int seed) =>
        new([new Input([5]), new Dense(4, activation: "tanh", name: "first"), new Dense(3, name: "second")], seed: seed);

    private static Sequential Trained()
    {
        Sequential model = Create(seed: 1);
        model.Compile("adam", "mse");
        model.Fit(Rows, NDArray.From(new float[6], [2, 3]), epochs: 2, verbose: 0);
        return model;
    }
}
