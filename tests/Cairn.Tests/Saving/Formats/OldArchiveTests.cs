using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary><c>.keras</c> archives as TensorFlow 2.12 to 2.15 wrote them.</summary>
/// <remarks>
/// These TensorFlow versions are not available. The layouts are those written by the source of Keras 2.12.0 and 2.15.0
/// (<c>saving_lib._save_container_state</c> and <c>_walk_trackable</c>): 2.12 and 2.13 through <c>_layer_checkpoint_dependencies</c>, where
/// 2.12 counts every layer with weights twice.
/// </remarks>
public sealed class OldArchiveTests
{
    public static TheoryData<string> Layouts => ["2.12", "2.13", "2.13 on Windows", "2.15"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_old_archive_is_loaded_with_its_optimizer_and_continues_training_with_the_same_bits(string layout)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        Write(folder["old.keras"], model, layout);

        using var loaded = Model.Load(folder["old.keras"]);

        Assert.Empty(loaded.LoadWarnings);
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
        Assert.Equal(model.Optimizer!.Iterations, loaded.Optimizer!.Iterations);
        Fit(model);
        Fit(loaded);
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_old_file_of_weights_is_loaded(string layout)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        AtomicFile.Write(folder["old.weights.h5"], stream => WeightsHdf5.Write(stream, Groups(model, layout)));
        using Sequential other = Untrained(seed: 99);

        other.LoadWeights(folder["old.weights.h5"]);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(other));
    }

    [Fact]
    public void State_of_another_optimizer_is_skipped_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Trained();
        Write(folder["old.keras"], model, "2.12", groups => groups[^1] = groups[^1] with { Weights = [.. groups[^1].Weights.SkipLast(1)] });

        using var loaded = Model.Load(folder["old.keras"]);

        Assert.Contains("optimizer", Assert.Single(loaded.LoadWarnings), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
    }

    private static void Write(string path, Model model, string layout, Action<List<WeightGroup>>? change = null)
    {
        JsonObject config = ModelSerialization.Architecture(model, legacy: false);
        JsonObject compile = CompileConfig.Of(model);

        // As those versions wrote it: short names, and keys that are unknown since.
        compile["loss"] = "sparse_categorical_crossentropy";
        compile["metrics"] = new JsonArray("accuracy");
        JsonObject optimizer = compile["optimizer"]!.AsObject();
        optimizer["config"]!["is_legacy_optimizer"] = false;
        optimizer["config"]!["jit_compile"] = false;
        config["compile_config"] = compile;
        foreach (JsonNode? layer in config["config"]!["layers"]!.AsArray())
        {
            JsonObject inner = layer!["config"]!.AsObject();
            inner["dtype"] = "float32";
            if (inner["batch_shape"] is not { } shape)
            {
                continue;
            }

            inner["batch_input_shape"] = shape.DeepClone();
            inner.Remove("batch_shape");
        }

        List<WeightGroup> groups = Groups(model, layout);
        change?.Invoke(groups);
        using var weights = new MemoryStream();
        WeightsHdf5.Write(weights, groups);
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add("metadata.json", Encoding.UTF8.GetBytes($$"""{"keras_version": "{{layout[..4]}}.0", "date_saved": "2023-03-01@12:00:00"}"""));
        Add("config.json", Encoding.UTF8.GetBytes(PythonJson.Write(config)));
        Add("model.weights.h5", weights.ToArray());

        void Add(string name, byte[] content)
        {
            using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            stream.Write(content);
        }
    }

    private static List<WeightGroup> Groups(Model model, string layout)
    {
        var groups = new List<WeightGroup> { new("", null, []) };
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        string list = layout == "2.15" ? "layers" : "_layer_checkpoint_dependencies";
        string joint = layout.EndsWith("Windows", StringComparison.Ordinal) ? "\\" : "/";
        foreach (Layer layer in model.Layers)
        {
            string name = Next(layer);
            groups.Add(new WeightGroup($"{list}{joint}{name}", layer.Name, Numbered(layer.Weights.Select(WeightTransfer.ToData))));
            if (layout == "2.12" && layer.Weights.Count > 0)
            {
                Next(layer);
            }
        }

        // Their optimizers have no learning rate among their variables.
        IEnumerable<WeightData> state = OptimizerState.Describe(model.Optimizer!);
        groups.Add(new WeightGroup("optimizer", "Adam", Numbered(state.Where((_, i) => i != 1))));
        return groups;

        string Next(Layer layer)
        {
            string stem = SaveableNames.ToSnakeCase(layer.ClassName);
            int number = used.GetValueOrDefault(stem);
            used[stem] = number + 1;
            return number == 0 ? stem : $"{stem}_{number}";
        }
    }

    private static IReadOnlyList<WeightData> Numbered(IEnumerable<WeightData> weights) =>
        [.. weights.Select((w, i) => w.Renamed(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))];

    private static Sequential Untrained(long seed)
    {
        var model = new Sequential(
            [new Input([4]), new Dense(5), new ReLU(), new Dense(6), new BatchNormalization(), new ReLU(), new Dense(5),
                new Dense(3, activation: "softmax")], seed: seed);
        model.Compile(new Cairn.Optimizers.Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"]);
        return model;
    }

    private static Sequential Trained()
    {
        Sequential model = Untrained(seed: 4);
        Fit(model);
        return model;
    }

    private static void Fit(Model model)
    {
        float[,] x = new float[12, 4];
        int[] y = new int[12];
        for (int i = 0; i < 48; i++)
        {
            x[i / 4, i % 4] = MathF.Cos(i);
        }

        for (int i = 0; i < 12; i++)
        {
            y[i] = i % 3;
        }

        model.Fit(x, y, batchSize: 4, epochs: 1, shuffle: false, verbose: 0);
    }
}
