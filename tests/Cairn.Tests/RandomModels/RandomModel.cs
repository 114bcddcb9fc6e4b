using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.RandomModels;

/// <summary>
/// A random Keras model written by Reference/random/generate.py: the compiled model, its initial weights and data, and the history and
/// predictions of Keras.
/// </summary>
internal sealed class RandomModel(JsonObject json)
{
    public string Name { get; } = json["name"]!.GetValue<string>();

    /// <summary>How much Keras' own results change if the last bits of the initial weights change; null if not recorded.</summary>
    public double? Spread => json["spread"] is { } spread
        ? Math.Max(spread.GetValue<double>(), json["prediction_spread"]!.GetValue<double>())
        : null;

    /// <summary>
    /// Whether an attention layer may receive a mask. The gradient of Keras on PyTorch is wrong then (docs/keras-names.md), so only the
    /// results before the first step are compared.
    /// </summary>
    public bool AttentionWithMask => json["attention_with_mask"]!.GetValue<bool>();

    public IEnumerable<KeyValuePair<string, double[]>> History => json["history"]!.AsObject()
        .Select(p => KeyValuePair.Create(p.Key, p.Value!.AsArray().Select(ReferenceRun.Number).ToArray()));

    public JsonArray Layers => json["model"]!["config"]!["layers"]!.AsArray();

    public string Summary => string.Join(" ", Layers.Select(layer => layer!["class_name"]!.GetValue<string>()))
        + $"; {json["model"]!["compile_config"]!["optimizer"]!["class_name"]}; {json["fit"]!.ToJsonString()}"
        + (Resumes ? " resumed" : "");

    /// <summary>
    /// Whether to stop, save, load and continue after the first epochs. Not with averaged weights: as in Keras, they replace the weights
    /// at the end of each Fit, so two calls of Fit are not equivalent to one.
    /// </summary>
    public bool Resumes => json["resume_after"] is not null
        && json["model"]!["compile_config"]!["optimizer"]!["config"]!["use_ema"]?.GetValue<bool>() != true;

    public IReadOnlyList<float[]> Before => Arrays("before");

    public IReadOnlyList<float[]> After => Arrays("after");

    /// <summary>The compiled model with the recorded initial weights.</summary>
    public Model Create()
    {
        JsonObject model = json["model"]!.DeepClone().AsObject();
        JsonNode? compiled = model["compile_config"]!.DeepClone();
        model.Remove("compile_config");
        model.Remove("build_config");
        Model created = ModelSerialization.ReadArchitecture(model, Name);
        created.Output = TextWriter.Null;
        CompileConfig.Apply(created, compiled, Name);
        SetWeights(created);
        return created;
    }

    public void SetWeights(Model model)
    {
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(Convert.FromBase64String(json["weights"]!.GetValue<string>()));
        ReferenceRun.SetWeights(model, [.. halves.ToArray().Select(h => (float)h)]);
    }

    /// <summary>The predictions for the training data, the first numbers of each output.</summary>
    public IReadOnlyList<float[]> Predict(Model model)
    {
        bool stateful = json["stateful"] is not null;
        if (stateful)
        {
            model.ResetStates();
        }

        IReadOnlyList<NDArray> predictions = model.PredictMany(Data("samples").X, batchSize: stateful ? 4 : 64, verbose: 0);
        if (stateful)
        {
            model.ResetStates();
        }

        return [.. predictions.Select((p, i) => p.ToArray()[..Before[i].Length])];
    }

    /// <summary>Trains as Keras did, with saving and loading in between if Keras did so.</summary>
    public (IReadOnlyDictionary<string, List<double>> History, Model Model) Train(Model model)
    {
        var history = new Dictionary<string, List<double>>();
        int epochs = json["fit"]!["epochs"]!.GetValue<int>();
        if (!Resumes)
        {
            Collect(Fit(model, 0, epochs), history);
            return (history, model);
        }

        int middle = json["resume_after"]!.GetValue<int>();
        Collect(Fit(model, 0, middle), history);
        using var folder = new TemporaryFolder();
        model.Save(folder["half.keras"]);
        model.Dispose();
        model = Model.Load(folder["half.keras"]);
        model.Output = TextWriter.Null;
        Collect(Fit(model, middle, epochs), history);
        return (history, model);
    }

    private static void Collect(History run, Dictionary<string, List<double>> all)
    {
        foreach (string key in run.Keys)
        {
            if (!all.TryGetValue(key, out List<double>? values))
            {
                all[key] = values = [];
            }

            values.AddRange(run[key]);
        }
    }

    private History Fit(Model model, int initialEpoch, int epochs)
    {
        JsonObject fit = json["fit"]!.AsObject();
        (NDArrays x, NDArrays y, NDArrays? weights) = Data("samples");
        (NDArrays X, NDArrays Y, NDArrays? Weights)? validation = json["validation"] is null ? null : Data("validation");
        return model.Fit(
            x,
            y,
            batchSize: fit["batch_size"]!.GetValue<int>(),
            epochs: epochs,
            verbose: 0,
            validationSplit: fit["validation_split"]?.GetValue<double>() ?? 0,
            validationData: validation is { } v ? (v.X, v.Y) : null,
            shuffle: false,
            classWeight: json["class_weight"]?.AsObject().ToDictionary(p => int.Parse(p.Key), p => p.Value!.GetValue<double>()),
            sampleWeight: weights,
            initialEpoch: initialEpoch,
            stepsPerEpoch: fit["steps_per_epoch"]?.GetValue<int>(),
            validationSteps: fit["validation_steps"]?.GetValue<int>(),
            validationBatchSize: fit["validation_batch_size"]?.GetValue<int>(),
            validationFreq: fit["validation_freq"]?.GetValue<int>(),
            validationSampleWeight: validation?.Weights);
    }

    private (NDArrays X, NDArrays Y, NDArrays? Weights) Data(string key)
    {
        int count = json[key]!.GetValue<int>();
        long seed = (json["seed"]!.GetValue<long>() * 1000) + (key == "validation" ? 300 : 0);
        JsonObject[] inputs = [.. json["inputs"]!.AsArray().Select(i => i!.AsObject())];
        JsonObject[] targets = [.. json["targets"]!.AsArray().Select(t => t!.AsObject())];
        return (
            NDArrays.Create([.. inputs.Select((spec, i) => RandomData.Input(spec, count, seed + 1 + i))]),
            NDArrays.Create([.. targets.Select((spec, i) => RandomData.Target(spec, count, seed + 101 + i))]),
            targets[0]["weight_rank"] is null
                ? null
                : NDArrays.Create([.. targets.Select((spec, i) => RandomData.Weights(spec, count, seed + 201 + i))]));
    }

    private float[][] Arrays(string key) => [.. json[key]!.AsArray()
        .Select(text => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(text!.GetValue<string>())).ToArray())];
}
