using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>A damaged file is detected, and the previous one is used.</summary>
public sealed class ContentChecksumTests
{
    [Theory]
    [InlineData("model.h5")]
    [InlineData("model.keras")]
    [InlineData("model.weights.h5")]
    [InlineData("model.safetensors")]
    public void A_bit_that_changes_anywhere_in_a_file_is_noticed_or_changes_nothing(string name)
    {
        // 61 is prime, so that over the file every position of an HDF5 structure is covered; the others are the bytes of the weights.
        const int Step = 61;
        using var folder = new TemporaryFolder();
        string path = folder[name];
        using Sequential model = Trained();
        Save(model, path);
        byte[] whole = File.ReadAllBytes(path);
        string expected = Loaded(path);
        HashSet<int> places = [.. Enumerable.Range(0, whole.Length).Where(place => place % Step == 0), .. PlacesOf(model, whole)];
        int noticed = 0;
        foreach (int place in places)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            string? found = null;
            Exception? thrown = Record.Exception(() => found = Loaded(path));
            if (thrown is null)
            {
                Assert.True(found == expected, $"byte {place}: other content was loaded");
            }
            else
            {
                Assert.Contains(path, Assert.IsType<ModelFormatException>(thrown).Message);
            }

            noticed += thrown is null ? 0 : 1;
        }

        Assert.InRange(noticed, PlacesOf(model, whole).Count, places.Count);
    }

    [Theory]
    [InlineData("model.h5")]
    [InlineData("model.weights.h5")]
    [InlineData("model.safetensors")]
    public void A_changed_weight_is_reported_with_the_file_and_nothing_is_loaded(string name)
    {
        // Wide enough that the values are outside the headers, which have their own checksums.
        const int Wide = 30_000;
        using var folder = new TemporaryFolder();
        using Sequential model = Create(Wide);
        Save(model, folder[name]);
        Damage(folder[name], model);
        using Sequential other = Create(Wide);
        float[] before = [.. other.GetWeights().SelectMany(weight => weight.ToArray())];
        ModelFormatException thrown = Assert.Throws<ModelFormatException>(() => other.LoadWeights(folder[name]));
        Assert.StartsWith($"'{folder[name]}'", thrown.Message);
        Assert.Contains("the content does not match its checksum; the file is damaged.", thrown.Message);
        Assert.Equal(before, other.GetWeights().SelectMany(weight => weight.ToArray()));
    }

    [Theory]
    [InlineData("{epoch}.h5")]
    [InlineData("{epoch:02d}-{loss:.2f}.keras")]
    [InlineData("run-{epoch}/model.h5")]
    public void The_newest_undamaged_model_is_loaded_with_a_warning_that_names_both(string template)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create();
        var checkpoint = new ModelCheckpoint(folder[template], monitor: "loss");
        History history = Train(model, checkpoint, epochs: 11);
        string[] paths = [.. history.Events.Select(happened => happened.Path!)];
        using (var newest = Model.LoadNewest(folder[template]))
        {
            Assert.Equal(Weights(model), Weights(newest));
            Assert.Empty(newest.LoadWarnings);
        }

        Damage(paths[^1], model);
        File.WriteAllText(paths[^2], "");
        using var before = Model.LoadNewest(folder[template]);
        using var expected = Model.Load(paths[^3]);
        Assert.Equal(Weights(expected), Weights(before));
        string warning = Assert.Single(before.LoadWarnings);
        Assert.Contains($"The newest checkpoint can't be used: '{paths[^1]}'", warning);
        Assert.EndsWith($"Using the previous one, '{paths[^3]}'.", warning);

        foreach (string path in paths)
        {
            File.WriteAllText(path, "");
        }

        Assert.Equal(paths[^1], Assert.Throws<ModelFormatException>(() => Model.LoadNewest(folder[template])).FileName);
        foreach (string path in paths)
        {
            File.Delete(path);
        }

        Assert.Contains(folder[template], Assert.Throws<FileNotFoundException>(() => Model.LoadNewest(folder[template])).Message);
    }

    [Fact]
    public void The_newest_weights_are_those_of_the_highest_epoch_and_batch_whatever_the_clock_says()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create();
        string template = folder["w{epoch}-{batch}.weights.h5"];
        Train(model, new ModelCheckpoint(template, monitor: "loss", saveWeightsOnly: true, saveFreq: 1), epochs: 2, rows: 22);
        Assert.True(File.Exists(folder["w2-11.weights.h5"]));
        File.SetLastWriteTimeUtc(folder["w2-11.weights.h5"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using Sequential other = Create();
        Assert.Equal(folder["w2-11.weights.h5"], other.LoadNewestWeights(template));
        Assert.Equal(Weights(model), Weights(other));
        Damage(folder["w2-11.weights.h5"], model);
        Assert.Equal(folder["w2-10.weights.h5"], other.LoadNewestWeights(template));
        Assert.Contains(folder["w2-11.weights.h5"], Assert.Single(other.LoadWarnings));
    }

    [Fact]
    public void A_file_that_is_not_a_checkpoint_has_no_checksum_like_one_of_Keras()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        model.Save(folder["model.h5"]);
        model.SaveWeights(folder["model.weights.h5"]);
        model.SaveWeights(folder["model.safetensors"]);
        foreach (string file in Directory.GetFiles(folder.Folder))
        {
            Assert.DoesNotContain(ContentChecksum.Key, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        }
    }

    [Fact]
    public void A_damaged_best_model_does_not_block_the_next_save()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Create();
        Train(model, new ModelCheckpoint(folder["best.h5"], "loss", saveBestOnly: true), epochs: 3);
        Damage(folder["best.h5"], model);
        using Sequential again = Create();
        History history =
            Train(again, new ModelCheckpoint(folder["best.h5"], "loss", saveBestOnly: true, initialValueThreshold: "auto"), epochs: 1);
        Assert.Contains("the file is damaged", Assert.Single(history.Events, happened => happened.Kind == EventKind.Warning).Message);
        using var loaded = Model.Load(folder["best.h5"]);
        Assert.Equal(Weights(again), Weights(loaded));
    }

    private static Sequential Create(int units = 3)
    {
        var model = new Sequential([new Input([2]), new Dense(units, activation: "tanh"), new Dense(1)], seed: 5);
        model.Compile(new SGD(0.01, momentum: 0.9), "mse");
        return model;
    }

    private static Sequential Trained()
    {
        Sequential model = Create();
        Train(model, new TerminateOnNaN(), epochs: 2);
        return model;
    }

    private static History Train(Sequential model, Callback callback, int epochs, int rows = 4)
    {
        float[,] x = new float[rows, 2];
        for (int row = 0; row < rows; row++)
        {
            (x[row, 0], x[row, 1]) = (MathF.Sin(row), MathF.Cos(row));
        }

        return model.Fit(x, new float[rows, 1], batchSize: 2, epochs: epochs, verbose: 0, callbacks: [callback]);
    }

    /// <summary>Saves as a checkpoint does.</summary>
    private static void Save(Sequential model, string path) =>
        model.PrepareSave(path, new Dictionary<string, string>(), !ModelFile.Named(path)!.HoldsModel, WeightTransfer.ToData).Write(path);

    /// <summary>Everything loaded from a file: weights and, if present, the layers, the compile configuration and the optimizer
    /// state.</summary>
    private static string Loaded(string path)
    {
        using Model model = !ModelFile.Named(path)!.HoldsModel ? Create() : Model.Load(path);
        if (!ModelFile.Named(path)!.HoldsModel)
        {
            model.LoadWeights(path);
        }

        IEnumerable<string> numbers = model.Weights.Concat(model.Optimizer!.SlotVariables)
            .Select(variable => string.Join(" ", variable.ToNDArray().ToArray().Select(BitConverter.SingleToInt32Bits)));
        return string.Join("\n",
            [.. numbers, model.ToJson(), model.Optimizer.Serialize().ToJsonString(), $"{model.Optimizer.Steps} {model.Loss}",
                .. model.LoadWarnings]);
    }

    private static float[] Weights(Model model) => [.. model.GetWeights().SelectMany(weight => weight.ToArray())];

    private static void Damage(string path, Model model)
    {
        byte[] bytes = File.ReadAllBytes(path);

        // The file of an earlier epoch has different values; the last byte of the longest array is in any file.
        List<int> places = PlacesOf(model, bytes);
        bytes[places.Count > 0 ? places[0] : bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>The offsets of the weights' bytes in the file.</summary>
    private static List<int> PlacesOf(Model model, byte[] file)
    {
        List<int> places = [];
        foreach (NDArray weight in model.GetWeights())
        {
            byte[] bytes = [.. weight.ToArray().SelectMany(BitConverter.GetBytes)];
            int start = file.AsSpan().IndexOf(bytes);
            if (start >= 0)
            {
                places.AddRange(Enumerable.Range(start, bytes.Length));
            }
        }

        return places;
    }
}
