using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Whole models in the layouts of Keras 2 (see <see cref="Keras2File"/> for the limits of this test).</summary>
public sealed class Keras2FileTests
{
    public static TheoryData<string, string> Layouts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string golden in new[] { "mlp", "mlp_sgd_momentum", "mlp_rmsprop_centered" })
            {
                foreach (string layout in new[] { "slots", "training/slots", "slots backwards", "weights", "numbers" })
                {
                    data.Add(golden, layout);
                }
            }

            data.Add("mlp", "numbers with placeholders");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Weights_and_optimizer_state_are_assigned_correctly_and_training_continues(string golden, string layout)
    {
        using var folder = new TemporaryFolder();
        Keras2File.Write(folder["old.h5"], golden, model => Layout(layout, model));

        using var model = Model.Load(folder["old.h5"]);

        Assert.Empty(model.LoadWarnings);
        RecordedModel.Own(golden).AssertContinues(model);
    }

    [Fact]
    public void State_is_also_found_when_only_weights_are_loaded()
    {
        using var folder = new TemporaryFolder();
        Keras2File.Write(folder["old.h5"], "mlp", model => Layout("slots", model));
        using var model = Model.Load(folder["old.h5"]);
        ReferenceRun.SetWeights(model, new float[ReferenceRun.Flatten(model).Length]);

        model.LoadWeights(folder["old.h5"]);

        RecordedModel.Own("mlp").AssertContinues(model);
    }

    [Fact]
    public void A_file_with_the_strings_of_Keras_2_written_by_h5py_is_read()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        Keras2File.Write(folder["old.h5"], "mlp", model => Layout("slots", model));

        // Keras 2 encoded strings: scalars as variable-length or fixed-length bytes, lists as arrays of fixed-length bytes.
        OutsideTools.RunPython(
            """
            import sys, h5py, numpy as np
            def text(v): return v if isinstance(v, bytes) else v.encode('utf8')
            with h5py.File(sys.argv[1]) as old, h5py.File(sys.argv[2], 'w') as new:
                def copy(source, target):
                    for k, v in source.attrs.items():
                        target.attrs[k] = text(v) if isinstance(v, (str, bytes)) else np.asarray([text(n) for n in v], dtype='S') if len(v) else np.asarray([])
                copy(old, new)
                def visit(name, o):
                    if isinstance(o, h5py.Dataset): new.create_dataset(name, data=o[()])
                    else: copy(o, new.require_group(name))
                old.visititems(visit)
            """,
            folder["old.h5"], folder["bytes.h5"]);

        using var model = Model.Load(folder["bytes.h5"]);

        Assert.Empty(model.LoadWarnings);
        RecordedModel.Own("mlp").AssertContinues(model);
    }

    [Fact]
    public void A_model_that_is_a_bare_list_of_layers_and_a_rate_named_lr_are_understood()
    {
        using var folder = new TemporaryFolder();
        Keras2File.Write(
            folder["older.h5"],
            "mlp",
            model => Layout("numbers", model),
            model => model["config"] = model["config"]!["layers"]!.DeepClone(),
            training =>
            {
                var config = (JsonObject)training["optimizer_config"]!["config"]!;
                config["lr"] = config["learning_rate"]!.DeepClone();
                config.Remove("learning_rate");
                training["metrics"] = new JsonArray("accuracy");
                training["sample_weight_mode"] = null;
            });

        using var model = Model.Load(folder["older.h5"]);

        RecordedModel.Own("mlp").AssertContinues(model);
    }

    [Theory]
    [InlineData("""{"class_name": "SparseCategoricalCrossentropy", "config": {"reduction": "auto", "name": "sparse_categorical_crossentropy", "from_logits": false}}""")]
    [InlineData("""["sparse_categorical_crossentropy"]""")]
    [InlineData("""{"dense_1": "sparse_categorical_crossentropy"}""")]
    [InlineData("""{"class_name": "LossFunctionWrapper", "config": {"fn": "sparse_categorical_crossentropy", "reduction": "auto", "name": "x"}}""")]
    [InlineData("""{"module": "builtins", "class_name": "function", "config": "sparse_categorical_crossentropy", "registered_name": "function"}""")]
    public void Losses_in_the_forms_of_Keras_2_are_understood(string loss)
    {
        using Model model = LoadWith(training => training["loss"] = JsonNode.Parse(loss));

        Assert.IsType<Cairn.Losses.SparseCategoricalCrossentropy>(model.Loss);
        Assert.Equal("sum_over_batch_size", model.Loss.Reduction);
    }

    [Theory]
    [InlineData("""[[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "dtype": "float32", "fn": "sparse_categorical_accuracy"}}]]""")]
    [InlineData("""{"dense_1": [{"class_name": "SparseCategoricalAccuracy", "config": {"name": "accuracy", "dtype": "float32"}}]}""")]
    [InlineData("""[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": {"module": "builtins", "class_name": "function", "config": "sparse_categorical_accuracy"}}}]""")]
    public void Metrics_in_the_forms_of_Keras_2_are_understood(string metrics)
    {
        using Model model = LoadWith(training => training["metrics"] = JsonNode.Parse(metrics));

        Assert.Equal(["loss", "accuracy"], model.Metrics.Select(m => m.Name));
        Assert.IsType<SparseCategoricalAccuracy>(model.Metrics[1]);
    }

    [Fact]
    public void The_prefix_of_TensorFlows_newer_optimizers_is_understood()
    {
        using Model model = LoadWith(training => training["optimizer_config"]!["class_name"] = "Custom>Adam");

        Assert.Equal("Adam", model.Optimizer!.ClassName);
    }

    [Fact]
    public void A_learning_rate_decay_is_ignored_with_a_warning()
    {
        using Model model = LoadWith(training => training["optimizer_config"]!["config"]!["decay"] = 0.001);

        Assert.Contains("decay of 0.001", Assert.Single(model.LoadWarnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("strange names", "can't be determined")]
    [InlineData("a slot missing", "no variable for the slot")]
    [InlineData("a wrong shape", "shape")]
    [InlineData("no iteration", "steps")]
    [InlineData("a slot twice", "two variables")]
    [InlineData("too many numbers", "variables, but Adam needs")]
    public void Ambiguous_state_is_skipped_with_a_warning(string how, string warning)
    {
        using var folder = new TemporaryFolder();
        Keras2File.Write(folder["unsure.h5"], "mlp", model => Unsure(how, model));

        using var model = Model.Load(folder["unsure.h5"]);

        Assert.Contains(warning, Assert.Single(model.LoadWarnings), StringComparison.Ordinal);
        Assert.Equal(0, model.Optimizer!.Iterations);
        Assert.All(model.Optimizer.SlotVariables, v => Assert.All(v.ToNDArray().ToArray(), number => Assert.Equal(0, number)));
    }

    [Fact]
    public void A_layer_is_not_confused_with_one_whose_name_is_a_suffix_of_its_name()
    {
        // Two weights of one shape, `inner/dense/kernel` and `dense/kernel`: only names distinguish their states.
        using Model model =
            new Sequential([new Input([2]), new Dense(2, useBias: false, name: "a"), new Dense(2, useBias: false, name: "b")], seed: 1);
        model.Compile("sgd", "mse");
        model.Compile(new Cairn.Optimizers.SGD(momentum: 0.9), "mse");
        IEnumerable<(WeightData, Variable w)> pairs =
            new[] { "inner/dense/kernel:0", "dense/kernel:0" }.Zip(model.Weights, (name, w) => (Keras2File.Renamed(w, name), w));
        WeightData[] state =
        [
            WeightData.FromSingles("SGD/dense/kernel/momentum:0", [2, 2], new float[] { 2, 2, 2, 2 }),
            WeightData.FromSingles("SGD/inner/dense/kernel/momentum:0", [2, 2], new float[] { 1, 1, 1, 1 }),
        ];

        Assert.Null(Keras2OptimizerState.TryLoad(model, state, pairs));

        Assert.Equal([1f, 2f], model.Optimizer!.StateBySlot.Select(s => s.State.ToNDArray().ToArray()[0]));
    }

    private static Model LoadWith(Action<JsonObject> changeTraining)
    {
        using var folder = new TemporaryFolder();
        Keras2File.Write(folder["old.h5"], "mlp", model => Layout("slots", model), changeTraining: changeTraining);
        return Model.Load(folder["old.h5"]);
    }

    private static IEnumerable<WeightData> Layout(string layout, Model model)
    {
        string name = model.Optimizer!.ClassName;
        return layout switch
        {
            "slots" => Keras2File.SlotAfterSlot(model, name),
            "training/slots" => Keras2File.SlotAfterSlot(model, $"training_1/{name}"),
            "slots backwards" => Keras2File.SlotAfterSlot(model, name).Reverse(),
            "weights" => Keras2File.WeightAfterWeight(model, name),
            "numbers" => Keras2File.Numbered(model, $"training/{name}", placeholders: false),
            "numbers with placeholders" => Keras2File.Numbered(model, $"training/{name}", placeholders: true),
            _ => throw new ArgumentException(layout, nameof(layout)),
        };
    }

    private static IEnumerable<WeightData> Unsure(string how, Model model)
    {
        WeightData[] slots = [.. Layout("slots", model)];
        return how switch
        {
            "strange names" => slots.Select((w, i) => i == 0 ? w : new WeightData($"Adam/other{i}/m:0", w.Shape, w.DType, w.Bytes)),
            "a slot missing" => slots[..^1],
            "a wrong shape" => [.. slots[..^1], WeightData.FromSingles(slots[^1].Name, [2], new float[2])],
            "no iteration" => slots[1..],
            "a slot twice" => [.. slots, new WeightData("Adam_1/" + slots[1].Name[5..], slots[1].Shape, slots[1].DType, slots[1].Bytes)],
            "too many numbers" => [.. Layout("numbers", model), WeightData.FromSingles("Adam/Variable_99:0", [3], new float[3])],
            _ => throw new ArgumentException(how, nameof(how)),
        };
    }
}
