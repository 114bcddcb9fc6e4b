using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Regularizers;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>
/// Every loss, metric, optimizer, schedule, initializer, regularizer, constraint and activation, with defaults and with other settings, in
/// files with whole models. A new class is included through its recorded configuration, or fails until it is listed.
/// </summary>
public sealed class EveryObjectTests
{
    // Objects without a case in Reference/layers/configs.json.gz.
    private const string Listed = """
        {
          "optimizers": [{"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": {"class_name": "Adam", "config": {"clipnorm": 0.5}},
            "initial_scale": 1024, "dynamic_growth_steps": 5, "name": "around"}}],
          "regularizers": [{"class_name": "L1", "config": {"l1": 0.25}}, {"class_name": "L2", "config": {"l2": 0.25}},
            {"class_name": "L1L2", "config": {"l1": 0.25, "l2": 0.5}}, {"class_name": "OrthogonalRegularizer", "config": {"factor": 0.25, "mode": "columns"}}],
          "constraints": [{"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 1}}, {"class_name": "NonNeg", "config": {}},
            {"class_name": "UnitNorm", "config": {"axis": [0, 1]}},
            {"class_name": "MinMaxNorm", "config": {"min_value": 0.25, "max_value": 0.5, "rate": 0.75, "axis": 1}}]
        }
        """;

    // Mean and Sum take values, not targets and predictions, so no compiled model contains them; ScheduleFreeAdamW is not supported.
    private static readonly string[] NotInFiles = ["Mean", "Sum", "ScheduleFreeAdamW"];

    private static readonly Dictionary<string, (string Kind, JsonNode Saved)> Cases = Recorded().Concat(Others())
        .Where(one => !NotInFiles.Contains(ClassOf(one.Saved))).ToDictionary(one => one.Name, one => (one.Kind, one.Saved));

    public static TheoryData<string> All => [.. Cases.Keys];

    public static TheoryData<Type> Bases =>
        [typeof(Loss), typeof(Metric), typeof(Optimizer), typeof(LearningRateSchedule), typeof(Initializer), typeof(Regularizer),
        typeof(Constraint)];

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_saved_and_loaded_with_whole_models(string name)
    {
        (string kind, JsonNode saved) = Cases[name];
        using var folder = new TemporaryFolder();
        using Sequential model = Make(kind, saved);
        string layers = model.ToJson();
        string training = CompileConfig.Of(model).ToJsonString();
        Assert.Contains($"\"{ClassOf(saved)}\"", layers + training, StringComparison.Ordinal);
        foreach (string file in new[] { "m.keras", "m.h5" })
        {
            model.Save(folder[file]);
            using var loaded = Model.Load(folder[file]);
            Assert.Equal(layers, loaded.ToJson());
            Assert.Equal(training, CompileConfig.Of(loaded).ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public void Every_public_class_has_a_case(Type type)
    {
        HashSet<string> cases = [.. Cases.Values.Select(one => ClassOf(one.Saved))];

        // Keras' name of the one class whose C# name differs.
        IEnumerable<string> classes = type.Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(type) && !t.IsAbstract)
            .Select(t => t == typeof(IdentityInitializer) ? "Identity" : t.Name);

        Assert.Equal([], classes.Except(cases).Except(NotInFiles));
    }

    private static Sequential Make(string kind, JsonNode saved)
    {
        Initializer? initializer = kind == "initializers" ? InitializerRegistry.Deserialize(saved, kind) : null;
        Layer layer = initializer is STFT ? new Conv1D(6, 4, kernelInitializer: initializer) : new Dense( // an STFT kernel: frame, 1, bins
            4,
            activation: kind switch { "activations" => saved.GetValue<string>(), "losses" or "metrics" => "softmax", _ => "linear" },
            kernelInitializer: initializer,
            kernelRegularizer: kind == "regularizers" ? Regularizer.Deserialize(saved, kind) : null,
            kernelConstraint: kind == "constraints" ? Constraint.Deserialize(saved, kind) : null);
        var model = new Sequential([layer is Conv1D ? new Input([8, 1]) : new Input([4]), layer], seed: 1);
        model.Compile(
            kind switch
            {
                "optimizers" => OptimizerRegistry.Deserialize(saved, kind),
                "schedules" => new SGD(LearningRateSchedule.Deserialize(saved, kind)),
                _ => "sgd",
            },
            kind == "losses" ? LossRegistry.Deserialize(saved, kind) : "mse",
            kind == "metrics" ? [MetricRegistry.Deserialize(saved, kind)] : null,
            kind == "metrics" ? [MetricRegistry.Deserialize(saved, kind).Named("weighted")] : null);
        return model;
    }

    private static IEnumerable<(string Name, string Kind, JsonNode Saved)> Recorded() =>
        ReferenceFile.Read("layers/configs.json").EnumerateObject()
        .Select(one => (one.Name, one.Name.Split(' ')[0], JsonNode.Parse(one.Value.GetRawText())!));

    private static IEnumerable<(string Name, string Kind, JsonNode Saved)> Others() => JsonNode.Parse(Listed)!.AsObject()
        .SelectMany(group => group.Value!.AsArray().Select(one => ($"{group.Key} {ClassOf(one!)}", group.Key, one!)))
        .Concat(ActivationFunction.Names.Select(name => ($"activations {name}", "activations", (JsonNode)((ActivationFunction)name).Name)));

    private static string ClassOf(JsonNode saved) =>
        saved is JsonObject map ? map["class_name"]!.GetValue<string>() : saved.GetValue<string>();
}
