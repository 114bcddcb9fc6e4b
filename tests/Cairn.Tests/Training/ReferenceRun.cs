using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Tests.Training;

/// <summary>
/// A training run recorded with Keras: Reference/fit/NAME.json and the arrays in the folder NAME, or one of the smaller ones in
/// the files of Reference/runs, with its arrays inside.
/// </summary>
internal sealed class ReferenceRun
{
    private static readonly string Root = ReferenceFile.PathOf("fit");

    private static readonly Dictionary<string, JsonElement> Packed =
        ReferenceFile.Names("runs").SelectMany(group => ReferenceFile.Read($"runs/{group}.json").EnumerateObject())
        .ToDictionary(run => run.Name, run => run.Value);

    public ReferenceRun(string name)
    {
        Name = name;
        Json = (Packed.TryGetValue(name, out JsonElement packed) ? JsonObject.Create(packed)
            : JsonNode.Parse(File.ReadAllText(Path.Combine(Root, $"{name}.json")))!.AsObject())!;
    }

    public static IEnumerable<string> Names => ReferenceFile.Names("fit").Concat(Packed.Keys);

    public string Name { get; }

    public JsonObject Json { get; }

    public int BatchSize => Json["fit"]!["batch_size"]?.GetValue<int>() ?? 32;

    /// <summary>All arrays of the inputs, the targets …: <c>x</c>, or <c>x0</c>, <c>x1</c> and so on.</summary>
    public NDArrays Arrays(string name)
    {
        if (Has(name))
        {
            return Array(name);
        }

        var files = new List<NDArray>();
        while (Has($"{name}{files.Count}"))
        {
            files.Add(Array($"{name}{files.Count}"));
        }

        return NDArrays.Create([.. files]);
    }

    public NDArray Array(string file) => Json["arrays"]?[file] is { } array
        ? ReferenceArray.ToNDArray(array)
        : ToNDArray(NpyFile.Read(Path.Combine(Root, Name, $"{file}.npy")));

    /// <summary>The compiled model with the recorded first weights.</summary>
    public Model CreateModel()
    {
        Model model = ModelSerialization.ReadArchitecture(
            new JsonObject { ["class_name"] = Json["model_class"]!.DeepClone(), ["config"] = Json["model_config"]!.DeepClone() }, Name);
        if (Json["compile_config"] is { } config)
        {
            CompileConfig.Apply(model, config, Name);
        }
        else
        {
            model.Compile(
                OptimizerRegistry.Deserialize(KerasNames(Json["optimizer"]), "optimizer"),
                LossRegistry.Deserialize(KerasNames(Json["loss"]), "loss"),
                Metrics("metrics"),
                Metrics("weighted_metrics"));
        }

        SetWeights(model, Array("w_init").ToArray());
        return model;
    }

    public bool Has(string file) =>
        Json["arrays"] is JsonObject arrays ? arrays.ContainsKey(file) : File.Exists(Path.Combine(Root, Name, $"{file}.npy"));

    /// <summary>The sample weights of the training data, one array per output if there are several; null for none.</summary>
    public NDArrays? SampleWeight(string name = "sample_weight") => Arrays(name) is { Count: > 0 } weights ? weights : null;

    public History Fit(Model model, IEnumerable<Callback> callbacks)
    {
        JsonObject fit = Json["fit"]!.AsObject();
        return model.Fit(
            Arrays("x"),
            Arrays("y"),
            batchSize: BatchSize,
            epochs: fit["epochs"]!.GetValue<int>(),
            verbose: 0,
            callbacks: callbacks,
            validationSplit: fit["validation_split"]?.GetValue<double>() ?? 0,
            validationData: Json["validation_data"]?.GetValue<bool>() == true ? (Arrays("x_val"), Arrays("y_val")) : null,
            shuffle: false,
            classWeight: Json["class_weight"]?.AsObject().ToDictionary(p => int.Parse(p.Key), p => p.Value!.GetValue<double>()),
            sampleWeight: SampleWeight(),
            initialEpoch: fit["initial_epoch"]?.GetValue<int>() ?? 0,
            stepsPerEpoch: fit["steps_per_epoch"]?.GetValue<int>(),
            validationSteps: fit["validation_steps"]?.GetValue<int>(),
            validationBatchSize: fit["validation_batch_size"]?.GetValue<int>(),
            validationFreq: fit["validation_freq"] switch
            {
                null => null,
                JsonArray list => (int[])[.. list.Select(e => e!.GetValue<int>())],
                var every => every.GetValue<int>(),
            },
            validationSampleWeight: SampleWeight("sample_weight_val"),
            allowNaN: Arrays("x").Concat(Arrays("y")).Any(a => a.ToArray().Any(float.IsNaN)));
    }

    /// <summary>The recorded callbacks, writing their files into a folder.</summary>
    public IReadOnlyList<Callback> CreateCallbacks(string folder)
    {
        var callbacks = new List<Callback>();
        foreach (JsonNode? recorded in Json["callbacks"]?.AsArray() ?? [])
        {
            JsonObject envelope = KerasNames(recorded)!.AsObject();
            if (envelope["config"]!["filepath"] is { } file)
            {
                envelope["config"]!["filepath"] = Path.Combine(folder, file.GetValue<string>());
            }

            callbacks.AddRange(CallbackSerialization.DeserializeList($"[{envelope.ToJsonString()}]"));
        }

        return callbacks;
    }

    /// <summary>All weights of a model in one vector, as in the reference files.</summary>
    public static float[] Flatten(Model model) => [.. model.GetWeights().SelectMany(w => w.ToArray())];

    public static void SetWeights(Model model, float[] flat)
    {
        model.EnsureBuilt();
        var weights = new List<NDArray>();
        int at = 0;
        foreach (Variable variable in model.Weights)
        {
            int count = (int)variable.Shape.ElementCount;
            weights.Add(NDArray.From(flat[at..(at + count)], variable.Shape));
            at += count;
        }

        Assert.Equal(flat.Length, at);
        model.SetWeights(weights);
    }

    public static NDArray ToNDArray(NpyArray array) => array.DType is WeightType.Float32 or WeightType.Float64
        ? NDArray.From(array.ToSingles(), array.Shape)
        : NDArray.From(array.ToInt64s(), array.Shape);

    public static double Number(JsonNode? node) => node!.GetValueKind() == JsonValueKind.String
        ? node.GetValue<string>() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity }
        : node.GetValue<double>();

    private Metric[] Metrics(string key) =>
        [.. Json[key]?.AsArray().Select(m => MetricRegistry.Deserialize(KerasNames(m), "metric")) ?? []];

    // The recorded {class, args|config} become Keras' {class_name, config}, also inside.
    private static JsonNode? KerasNames(JsonNode? node) => node is JsonObject map && map["class"] is { } className
        ? new JsonObject
        {
            ["class_name"] = className.DeepClone(),
            ["config"] = new JsonObject((map["args"] ?? map["config"])!.AsObject()
                .Select(p => KeyValuePair.Create(p.Key, KerasNames(p.Value)))),
        }
        : node?.DeepClone();
}
