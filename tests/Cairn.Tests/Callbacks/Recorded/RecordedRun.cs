using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>The model and the data of the runs recorded with Keras 3.16 on PyTorch, and the actions of a case.</summary>
internal static class RecordedRun
{
    public static readonly JsonElement All = ReferenceFile.Read("callback_runs.json.gz");

    private static readonly NDArray X = Array("x");
    private static readonly NDArray Y = Array("y");
    private static readonly NDArray HeldX = Array("x_val");
    private static readonly NDArray HeldY = Array("y_val");

    public static IEnumerable<string> Names(string group) =>
        All.GetProperty(group).EnumerateArray().Select(one => one.GetProperty("name").GetString()!);

    public static JsonElement Case(string group, string name) =>
        All.GetProperty(group).EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

    public static Model Create(JsonElement given, Optimizer? optimizer = null)
    {
        bool two = given.TryGetProperty("outputs", out JsonElement outputs) && outputs.GetInt32() == 2;
        NDArray[] weights = [NDArray.From([0.25f, -0.5f], [2, 1]), NDArray.From([0.125f], [1])];
        var input = new Input([2]);
        Model model = two
            ? new Functional(input, [new Dense(1, name: "first").Apply(input), new Dense(1, name: "second").Apply(input)])
            : new Sequential([input, new Dense(1, name: "dense")]);
        model.SetWeights(two ? [.. weights, .. weights] : weights);
        int steps = given.TryGetProperty("steps_per_execution", out JsonElement execution) ? execution.GetInt32() : 1;
        optimizer ??= new SGD(0.0625);
        if (two)
        {
            model.Compile(optimizer, ["mse", "mse"], metrics: [["mae"], ["mae"]], stepsPerExecution: steps);
        }
        else
        {
            model.Compile(optimizer, "mse", ["mae"], stepsPerExecution: steps);
        }

        return model;
    }

    /// <summary>Performs the action of a case, with its arguments.</summary>
    public static History? Do(Model model, string kind, JsonElement args, IReadOnlyList<Callback> callbacks, int verbose = 0,
        bool streamed = false)
    {
        int? Whole(string name) => args.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
        int batchSize = Whole("batch_size") ?? 32;
        bool two = model.OutputNames.Count == 2;
        NDArrays y = two ? [Y, Negative(Y)] : Y;
        switch (kind)
        {
            case "images":
                return model.Fit(NDArray.From(new float[4 * 6 * 6 * 2], [4, 6, 6, 2]), NDArray.From(new float[8], [4, 2]), verbose: verbose,
                    callbacks: callbacks);
            case "fit" when streamed:
                return model.Fit(Batches(batchSize), Whole("epochs") ?? 1, verbose, callbacks);
            case "evaluate":
                model.Evaluate(X, y, batchSize: batchSize, verbose: verbose, steps: Whole("steps"), callbacks: callbacks);
                return null;
            case "predict":
                model.PredictMany(X, batchSize, verbose, callbacks);
                return null;
            default:
                (NDArrays, NDArrays)? held = args.TryGetProperty("validation", out _)
                    ? (HeldX, two ? [HeldY, Negative(HeldY)] : HeldY) : null;
                ValidationFrequency? frequency = args.TryGetProperty("validation_freq", out JsonElement freq)
                    ? freq.ValueKind == JsonValueKind.Number ? freq.GetInt32()
                    : freq.EnumerateArray().Select(epoch => epoch.GetInt32()).ToArray()
                    : null;
                return model.Fit(
                    X, y, batchSize: batchSize, epochs: Whole("epochs") ?? 1, verbose: verbose, callbacks: callbacks, validationData: held,
                    shuffle: false,
                    initialEpoch: Whole("initial_epoch") ?? 0, stepsPerEpoch: Whole("steps_per_epoch"),
                    validationSteps: Whole("validation_steps"),
                    validationBatchSize: Whole("validation_batch_size"), validationFreq: frequency);
        }
    }

    /// <summary>The model of the case whose weights are written as images.</summary>
    public static Model CreateConvolution()
    {
        var model = new Sequential(
            [new Input([6, 6, 2]), new Conv2D(3, 2, name: "conv2d"), new Flatten(name: "flatten"), new Dense(2, name: "dense")], seed: 1);
        model.Compile(new SGD(0.01), "mse");
        return model;
    }

    // A sequence of unknown length that can be enumerated once.
    private static IEnumerable<Batch> Batches(int size)
    {
        float[] x = X.ToArray(), y = Y.ToArray();
        for (int first = 0; first < y.Length; first += size)
        {
            int count = Math.Min(size, y.Length - first);
            yield return new Batch(NDArray.From(x[(2 * first)..(2 * (first + count))], [count, 2]),
                NDArray.From(y[first..(first + count)], [count, 1]));
        }
    }

    private static NDArray Negative(NDArray array) => NDArray.From([.. array.ToArray().Select(value => -value)], array.Shape);

    private static NDArray Array(string name)
    {
        float[][] rows = All.GetProperty(name).EnumerateArray()
            .Select(row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray()).ToArray();
        return NDArray.From([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]);
    }
}
