using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>A model is loaded whatever the compile configuration in its file.</summary>
public sealed class CompileOfFileTests
{
    private static readonly NDArray Rows = NDArray.From([1f, -2, 3, 0.5f, 4, -1], [2, 3]);

    public static TheoryData<string, string> Unknown => new()
    {
        { "optimizer", """{"module": "my", "class_name": "Lookahead2", "config": {"k": 5}, "registered_name": "my>Lookahead2"}""" },
        { "loss", "\"my_loss\"" },
        { "loss", """{"module": "builtins", "class_name": "function", "config": "my_loss", "registered_name": "function"}""" },
        { "loss", """{"first": "my_loss", "second": "mse"}""" },
        { "metrics", "[\"dice_coefficient\"]" },
        { "metrics", """[{"module": "my", "class_name": "F1", "config": {}, "registered_name": "my>F1"}]""" },
        { "weighted_metrics", "[[\"iou_coef\"]]" },
        { "metrics", "7" },
    };

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Without_an_optimizer_a_model_is_compiled_with_RMSprop_as_in_Keras(bool isNull)
    {
        using var folder = new TemporaryFolder();
        Write(folder["m.keras"], config =>
        {
            config.Remove("optimizer");
            if (isNull)
            {
                config["optimizer"] = null;
            }
        });

        using var loaded = Model.Load(folder["m.keras"]);

        RMSprop optimizer = Assert.IsType<RMSprop>(loaded.Optimizer);
        Assert.Equal(0.001, optimizer.LearningRate, 1e-9);
        Assert.Equal("mean_squared_error", loaded.Loss!.Name);
    }

    [Theory]
    [MemberData(nameof(Unknown))]
    public void Unknown_objects_leave_an_archive_uncompiled_with_a_warning(string key, string value)
    {
        using var folder = new TemporaryFolder();
        float[] expected = Write(folder["m.keras"], config => config[key] = JsonNode.Parse(value));

        using var loaded = Model.Load(folder["m.keras"]);

        AssertUncompiled(loaded, expected, key);
    }

    [Theory]
    [MemberData(nameof(Unknown))]
    public void Unknown_objects_leave_a_legacy_file_uncompiled_with_a_warning(string key, string value)
    {
        using var folder = new TemporaryFolder();
        using Model model = Trained();
        model.Save(folder["known.h5"]);
        using (ModelData data = LegacyHdf5.Read(folder["known.h5"]))
        {
            JsonObject training = JsonNode.Parse(data.TrainingConfig!)!.AsObject();
            training[key == "optimizer" ? "optimizer_config" : key] = JsonNode.Parse(value);
            AtomicFile.Write(folder["m.h5"], stream => LegacyHdf5.Write(stream, new ModelData
            {
                ModelConfig = data.ModelConfig,
                TrainingConfig = training.ToJsonString(),
                Layers = data.Layers,
                OptimizerWeights = data.OptimizerWeights,
            }));
        }

        using var loaded = Model.Load(folder["m.h5"]);

        AssertUncompiled(loaded, model.Predict(Rows, verbose: 0).ToArray(), key);
    }

    [Fact]
    public void State_of_another_optimizer_is_skipped_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        float[] expected = Write(folder["m.keras"], config => config["optimizer"]!["class_name"] = "SGD");

        using var loaded = Model.Load(folder["m.keras"]);

        Assert.IsType<SGD>(loaded.Optimizer);
        Assert.Equal(0, loaded.Optimizer!.Iterations);
        Assert.Contains("state", Assert.Single(loaded.LoadWarnings), StringComparison.Ordinal);
        Assert.Equal(expected, loaded.Predict(Rows, verbose: 0).ToArray());
    }

    private static void AssertUncompiled(Model loaded, float[] expected, string key)
    {
        Assert.False(loaded.Compiled);
        string warning = Assert.Single(loaded.LoadWarnings);
        Assert.Contains("not compiled", warning, StringComparison.Ordinal);
        Assert.Contains(key, warning, StringComparison.Ordinal);
        Assert.Equal(expected, loaded.Predict(Rows, verbose: 0).ToArray());

        // It can then be compiled and trained.
        loaded.Compile("adam", "mse");
        loaded.Fit(Rows, NDArray.From(new float[4], [2, 2]), epochs: 1, verbose: 0);
        Assert.Equal(1, loaded.Optimizer!.Iterations);
    }

    private static float[] Write(string path, Action<JsonObject> change)
    {
        using Model model = Trained();
        model.Save(path + ".known.keras");
        using var archive = KerasArchive.Read(path + ".known.keras");
        JsonObject config = archive.Config;
        change(config["compile_config"]!.AsObject());
        AtomicFile.Write(path, stream => KerasArchive.Write(
            stream, config, new Dictionary<string, string>(), WeightsHdf5.MostBytes(archive.Weights.Values),
            member => WeightsHdf5.Write(member, archive.Weights.Values)));
        return model.Predict(Rows, verbose: 0).ToArray();
    }

    private static Sequential Trained()
    {
        var model = new Sequential([new Input([3]), new Dense(4, activation: "tanh"), new Dense(2)], seed: 3);
        model.Compile("adam", "mse", metrics: ["mae"]);
        model.Fit(Rows, NDArray.From(new float[4], [2, 2]), epochs: 2, verbose: 0);
        return model;
    }
}
