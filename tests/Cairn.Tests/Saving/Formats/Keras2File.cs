using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving;

/// <summary>Files in the layout of Keras 2, made from models trained by Keras 3.</summary>
/// <remarks>
/// These were not written by Keras 2: the numbers are the reference data's, and the layout (names, order, configuration keys) follows what
/// Keras 2 is known to have written, of which there are several generations.
/// </remarks>
internal static class Keras2File
{
    public const string KerasVersion = "2.4.0";

    /// <summary>Writes a reference model of Dense layers in the layout of Keras 2.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="golden">The reference model.</param>
    /// <param name="optimizerLayout">How the optimizer's variables are named and ordered.</param>
    /// <param name="changeModel">Changes the model's configuration before it is written.</param>
    /// <param name="changeTraining">Changes the training configuration before it is written.</param>
    public static void Write(
        string path,
        string golden,
        Func<Model, IEnumerable<WeightData>> optimizerLayout,
        Action<JsonObject>? changeModel = null,
        Action<JsonObject>? changeTraining = null)
    {
        using var model = Model.Load(Path.Combine(GoldenFile.Folder, golden, "model.h5"));
        JsonObject config = ModelConfig(model);
        JsonObject training = TrainingConfig(model);
        changeModel?.Invoke(config);
        changeTraining?.Invoke(training);
        using FileStream stream = File.Create(path);
        LegacyHdf5.Write(stream, new ModelData
        {
            KerasVersion = KerasVersion,
            Backend = "tensorflow",
            ModelConfig = config.ToJsonString(),
            TrainingConfig = training.ToJsonString(),
            Layers = [.. model.Layers.Select(l => new LayerData(l.Name, [.. l.Weights.Select(w => Renamed(w, $"{Name(w)}:0"))]))],
            OptimizerWeights = [.. optimizerLayout(model)],
        });
    }

    /// <summary>TensorFlow 2.0 to 2.10: the iteration, then the slots one after the other, each for all weights.</summary>
    public static IEnumerable<WeightData> SlotAfterSlot(Model model, string prefix) =>
        [Iteration(model, $"{prefix}/iter:0"),
        .. model.Optimizer!.StateBySlot.Select(s => Renamed(s.State, $"{prefix}/{Name(s.Variable)}/{OldSlot(model, s.Slot)}:0"))];

    /// <summary>TensorFlow 2.11 and later: iteration, learning rate, then the weights one after the other.</summary>
    public static IEnumerable<WeightData> WeightAfterWeight(Model model, string prefix) =>
    [
        Iteration(model, "iteration:0"),
        WeightData.Scalar("learning_rate:0", (float)model.Optimizer!.LearningRate),
        .. model.Optimizer.StateBySlot.GroupBy(s => s.Variable)
            .SelectMany(g => g.Select(s => Renamed(s.State, $"{prefix}/{NewerSlot(model, s.Slot)}/{Name(s.Variable)}:0"))),
    ];

    /// <summary>Keras 2 without TensorFlow: numbers as names, the slots one after the other, and for Adam a zero for each weight at the
    /// end.</summary>
    public static IEnumerable<WeightData> Numbered(Model model, string prefix, bool placeholders)
    {
        int number = 0;
        yield return Iteration(model, $"{prefix}/iterations:0");
        foreach ((Variable _, string _, Variable? state) in model.Optimizer!.StateBySlot)
        {
            yield return Renamed(state, $"{prefix}/Variable{(number++ == 0 ? "" : $"_{number}")}:0");
        }

        for (int i = 0; placeholders && i < model.TrainableWeights.Count; i++)
        {
            yield return WeightData.FromSingles($"{prefix}/Variable_{++number}:0", [1], new float[1]);
        }
    }

    public static WeightData Renamed(Variable variable, string name) =>
        WeightData.FromSingles(name, [.. variable.Shape], variable.ToNDArray().ToArray());

    // `sequential/dense/kernel` was `dense/kernel` in Keras 2.
    private static string Name(Variable variable) => variable.Path[(variable.Path.IndexOf('/') + 1)..];

    private static WeightData Iteration(Model model, string name) => WeightData.FromInt64(name, [], new[] { model.Optimizer!.Iterations });

    private static string OldSlot(Model model, string slot) => (model.Optimizer!.ClassName, slot) switch
    {
        ("Adam", "momentum") => "m",
        ("Adam", "velocity") => "v",
        ("RMSprop", "velocity") => "rms",
        ("RMSprop", "average_gradient") => "mg",
        _ => slot,
    };

    private static string NewerSlot(Model model, string slot) => model.Optimizer!.ClassName is "RMSprop" ? slot : slot[..1];

    private static JsonObject ModelConfig(Model model) => new()
    {
        ["class_name"] = "Sequential",
        ["config"] = new JsonObject
        {
            ["name"] = model.Name,
            ["layers"] = new JsonArray([.. model.Layers.Select((l, i) => (JsonNode)LayerConfig(l, i == 0))])
        },
    };

    private static JsonObject LayerConfig(Layer layer, bool first)
    {
        var config = new JsonObject { ["name"] = layer.Name, ["trainable"] = true };
        if (first)
        {
            config["batch_input_shape"] = new JsonArray(null, layer.InputShape![^1]);
        }

        config["dtype"] = "float32";
        if (layer is Dense dense)
        {
            AddDense(config, dense);
        }
        else
        {
            (config["rate"], config["noise_shape"], config["seed"]) = (((Dropout)layer).Rate, null, null);
        }

        return new JsonObject { ["class_name"] = layer.ClassName, ["config"] = config };
    }

    private static void AddDense(JsonObject config, Dense layer)
    {
        config["units"] = layer.Units;
        config["activation"] = layer.GetConfig()["activation"]!.DeepClone();
        config["use_bias"] = layer.UseBias;
        config["kernel_initializer"] = JsonNode.Parse(
            """{"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": null, "dtype": "float32"}}""");
        config["bias_initializer"] = JsonNode.Parse("""{"class_name": "Zeros", "config": {"dtype": "float32"}}""");
        foreach (string key in new[] { "kernel_regularizer", "bias_regularizer", "activity_regularizer" })
        {
            config[key] = layer.GetConfig()[key] is { } now
                ? new JsonObject { ["class_name"] = now["class_name"]!.DeepClone(), ["config"] = now["config"]!.DeepClone() }
                : null;
        }

        (config["kernel_constraint"], config["bias_constraint"]) = (null, null);
    }

    private static JsonObject TrainingConfig(Model model)
    {
        JsonObject now = model.Optimizer!.GetConfig();
        var optimizer = new JsonObject
        {
            ["name"] = model.Optimizer.ClassName,
            ["learning_rate"] = now["learning_rate"]!.DeepClone(),
            ["decay"] = 0.0
        };
        foreach (string key in new[] { "beta_1", "beta_2", "epsilon", "amsgrad", "momentum", "nesterov", "rho", "centered" })
        {
            if (now[key] is { } value)
            {
                optimizer[key] = value.DeepClone();
            }
        }

        return new JsonObject
        {
            ["loss"] = model.Loss!.Name,
            ["metrics"] = new JsonArray(new JsonArray([.. model.Metrics.Skip(1).Select(m => (JsonNode)m.Name)])),
            ["weighted_metrics"] = null,
            ["loss_weights"] = null,
            ["optimizer_config"] = new JsonObject { ["class_name"] = model.Optimizer.ClassName, ["config"] = optimizer },
        };
    }
}
