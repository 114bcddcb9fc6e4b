using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>
/// Reference/own/classes.py: layers and models of one's own with several inputs and outputs, steps with trackers, callbacks that use such
/// models, and PyTorch modules, with the numbers of Keras and PyTorch.
/// </summary>
public sealed partial class RecordedClassesTests
{
    // Means and variances of batches of eight are divided by, and Adam divides by roots: rounding grows over the steps.
    private const double Bound = 5e-5;
    private const double HiddenBound = 1e-2;
    private static readonly Range Hidden = 15..20;

    private static readonly JsonElement Recorded = ReferenceFile.Read("own/classes.json");
    private static readonly NDArray X = Data("x");
    private static readonly NDArray X2 = Data("x2");
    private static readonly NDArray Y = Data("y");
    private static readonly NDArray Y2 = Data("y2");
    private static readonly NDArray Weights = Data("sw");

    public static TheoryData<string> Models => Names("models");

    public static TheoryData<string> Reentrant => Names("reentrant");

    public static TheoryData<string> Gans => Names("gan");

    public static TheoryData<string> Modules => Names("modules");

    [Theory]
    [MemberData(nameof(Models))]
    public void Layers_models_and_steps_of_ones_own_train_as_in_Keras(string name)
    {
        JsonElement run = Recorded.GetProperty("models").GetProperty(name);
        (Model model, NDArray[] x, NDArray[] y) = Make(name);
        using Model disposed = model;
        NDArray? weights = name is "moments" or "two_inputs" ? Weights : null;
        model.Build([.. x.Select(array => array.Shape[1..].WithBatch())]);
        ReferenceRun.SetWeights(model, Floats(run.GetProperty("w0")));
        var batches = new List<Dictionary<string, double>>();

        History history = model.Fit(
            Rows(x, 0, 17), Rows(y, 0, 17), sampleWeight: weights is null ? null : Rows([weights], 0, 17), batchSize: 5, epochs: 3,
            shuffle: false, verbose: 0, validationData: (Rows(x, 17, 23), Rows(y, 17, 23)), validationBatchSize: 4,
            callbacks:
            [new LambdaCallback(onTrainBatchEnd: (_, logs) => batches.Add(logs.Keys.ToDictionary(key => key, key => logs[key])))]);

        Check(run.GetProperty("history"), history, Renamed);
        Assert.Equal(run.GetProperty("batches").GetArrayLength(), batches.Count);
        foreach ((JsonElement expected, Dictionary<string, double> logs) in run.GetProperty("batches").EnumerateArray().Zip(batches))
        {
            Check(expected, key => logs[Renamed(key)], "batch");
        }

        Tolerance.Near(Floats(run.GetProperty("w1")), ReferenceRun.Flatten(model), Bound, "weights");
        Logs evaluated = model.Evaluate(Rows(x, 0, 23), Rows(y, 0, 23), batchSize: 8, verbose: 0);
        Check(run.GetProperty("evaluated"), key => evaluated[Renamed(key)], "evaluated");
        Logs trained = model.TrainOnBatch(Rows(x, 17, 23), Rows(y, 17, 23));
        Check(run.GetProperty("trained"), key => trained[Renamed(key)], "trained");
        Logs tested = model.TestOnBatch(Rows(x, 17, 23), Rows(y, 17, 23));
        Check(run.GetProperty("tested"), key => tested[Renamed(key)], "tested");
        IReadOnlyList<NDArray> predicted = model.PredictMany(Rows(x, 0, 23), batchSize: 8, verbose: 0);
        JsonElement[] expectedOutputs = [.. run.GetProperty("predictions").EnumerateArray()];
        Assert.Equal(expectedOutputs.Length, predicted.Count);
        for (int i = 0; i < predicted.Count; i++)
        {
            Tolerance.Near(Floats(expectedOutputs[i]), predicted[i].ToArray(), Bound, $"output {i}");
        }

        // Outputs of such models have no names in Keras: it logs the name of the loss, that of the last output if there are several.
        string Renamed(string key) => model is not (Out or Both) ? key : key
            .Replace("mae_loss", "output_2_loss", StringComparison.Ordinal)
            .Replace("mse_loss", name == "two_outputs" ? "output_1_loss" : "output_2_loss", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Reentrant))]
    public void A_callback_uses_a_model_with_added_losses_and_normalization_as_in_Keras(string name)
    {
        JsonElement run = Recorded.GetProperty("reentrant").GetProperty(name);
        string optimizer = run.GetProperty("optimizer").GetString()!;
        var priced = new Priced();
        using var model = new Sequential(
            [new Input([4]), new Dense(6, activation: "tanh", activityRegularizer: new Cairn.Regularizers.L2(0.02)), priced,
                new BatchNormalization(), new Dense(1)]);
        using var other = new Sequential([new Input([4]), model.Layers[0], model.Layers[2], new Dense(1, kernelInitializer: "ones")]);
        ReferenceRun.SetWeights(model, Floats(run.GetProperty("w0")));
        model.Compile(New(optimizer), "mse", ["mae"]);
        other.Compile(New(optimizer), "mse");
        var acting = new Acting(run.GetProperty("what").GetString()!, run.GetProperty("when").GetString()!, model, other);

        History history = model.Fit(
            X, Y, batchSize: 8, epochs: 3, shuffle: false, verbose: 0, validationData: (Rows([X], 15, 23), Rows([Y], 15, 23)),
            validationBatchSize: 3, callbacks: [acting]);

        Check(run.GetProperty("history"), history);
        JsonElement[] logged = [.. run.GetProperty("logged").EnumerateArray()];
        Assert.Equal(logged.Length, acting.Logged.Count);
        for (int i = 0; i < logged.Length; i++)
        {
            Check(logged[i], key => acting.Logged[i][key], $"logs of call {i}");
        }

        Tolerance.Near(Floats(run.GetProperty("w1")), ReferenceRun.Flatten(model), Bound, "weights");
        Tolerance.Near(Floats(run.GetProperty("other")), ReferenceRun.Flatten(other), Bound, "weights of the other model");
        Assert.Equal(run.GetProperty("iterations").GetInt64(), model.Optimizer!.Iterations);
    }

    [Theory]
    [MemberData(nameof(Gans))]
    public void A_GAN_whose_halves_are_trained_by_Fit_and_by_a_callback_equals_that_of_Keras(string name)
    {
        JsonElement run = Recorded.GetProperty("gan").GetProperty(name);
        (string outer, string when, string toggle) =
            (run.GetProperty("outer").GetString()!, run.GetProperty("when").GetString()!, run.GetProperty("toggle").GetString()!);
        string optimizer = run.GetProperty("optimizer").GetString()!;
        using var g = new Sequential([new Input([3]), new Dense(5, activation: "relu"), new BatchNormalization(), new Dense(4)]);
        using var d = new Sequential([new Input([4]), new Dense(5, activation: "tanh"), new Dense(1)]);
        ReferenceRun.SetWeights(g, Floats(run.GetProperty("g0")));
        ReferenceRun.SetWeights(d, Floats(run.GetProperty("d0")));
        using var both = new Sequential([new Input([3]), g, d]);
        var loss = new Cairn.Losses.BinaryCrossentropy(fromLogits: true);
        d.Compile(New(optimizer), loss);
        d.Trainable = toggle != "once";
        both.Compile(New(optimizer), loss);
        d.Trainable = !(toggle == "once" || (outer == "both" && toggle == "each"));
        var ones = NDArray.From([.. Enumerable.Repeat(1f, 23)], [23, 1]);
        var halves = NDArray.From([.. Enumerable.Range(0, 23).Select(i => (float)(i % 2))], [23, 1]);
        var logged = new List<float>();
        (Model model, NDArray x, NDArray y) = outer == "d" ? (d, X, halves) : (both, X2, ones);

        History Train() => model.Fit(
            x, y, batchSize: 8, epochs: 3, shuffle: false, verbose: 0, validationData: (Rows([x], 15, 23), Rows([y], 15, 23)),
            callbacks: [new LambdaCallback(
                onTrainBatchEnd: when == "batch_end" ? (_, _) => Inner() : null,
                onEpochEnd: when == "epoch_end" ? (_, _) => Inner() : null)]);

        if (run.TryGetProperty("error", out JsonElement error))
        {
            Assert.True(Record.Exception(Train) is not null, $"Keras forbids it: {error.GetString()}");
            return;
        }

        // Batch normalization hides the bias of a unit that is active for all samples from the loss of a batch, but not from that of a
        // validation. Its gradient is a rounding error, which Adam scales up towards its steps of 0.02: half of one is allowed.
        History history = Train();
        Check(run.GetProperty("history"), history, ofValidation: 4 * Bound);
        Tolerance.Near(Floats(run.GetProperty("logged")), logged.ToArray(), Bound, "losses in the callback");
        (float[] expected, float[] found) = (Floats(run.GetProperty("g1")), ReferenceRun.Flatten(g));
        Tolerance.Near(expected[Hidden], found[Hidden], HiddenBound, "bias before the normalization");
        Tolerance.Near(expected[..Hidden.Start], found[..Hidden.Start], 4 * Bound, "kernel before the normalization");
        Tolerance.Near(expected[Hidden.End..], found[Hidden.End..], 4 * Bound, "weights from the normalization on");
        Tolerance.Near(Floats(run.GetProperty("d1")), ReferenceRun.Flatten(d), 4 * Bound, "weights of the discriminator");

        void Inner()
        {
            bool isEach = toggle == "each";
            if (outer == "d")
            {
                d.Trainable = !isEach && d.Trainable;
                logged.Add((float)both.TrainOnBatch(Rows([X2], 0, 8), Rows([ones], 0, 8))["loss"]);
                d.Trainable = isEach || d.Trainable;
            }
            else
            {
                d.Trainable = isEach || d.Trainable;
                logged.Add((float)d.TrainOnBatch(Rows([X], 0, 8), Rows([halves], 0, 8))["loss"]);
                d.Trainable = !isEach && d.Trainable;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_whose_modes_and_gradients_change_trains_as_in_PyTorch(string name)
    {
        JsonElement run = Recorded.GetProperty("modules").GetProperty(name);
        using var net = new Net();
        Set(net, Floats(run.GetProperty("w0")));
        using TorchModel model = Model.From(net);
        model.Compile(new SGD(0.05, momentum: name == "norm_in_evaluation_later" ? 0.9 : 0), "mse");

        History history = model.Fit(X, Y, batchSize: 8, epochs: 4, shuffle: false, verbose: 0,
            callbacks: [new LambdaCallback(onEpochBegin: (epoch, _) => Act(epoch))]);

        Tolerance.Near(Floats(run.GetProperty("losses")), [.. history["loss"].Select(v => (float)v)], Bound, "loss");
        Tolerance.Near(Floats(run.GetProperty("w1")), [.. net.parameters().SelectMany(p => p.data<float>().ToArray())], Bound, "weights");
        Tolerance.Near(Floats(run.GetProperty("mean")), net.norm.running_mean!.data<float>().ToArray(), Bound, "mean");
        Tolerance.Near(Floats(run.GetProperty("variance")), net.norm.running_var!.data<float>().ToArray(), Bound, "variance");
        Tolerance.Near(Floats(run.GetProperty("predictions")), model.Predict(X, verbose: 0).ToArray(), Bound, "predictions");

        void Act(int epoch)
        {
            switch (name)
            {
                case "norm_in_evaluation":
                case "norm_in_evaluation_later" when epoch >= 2:
                    net.norm.eval();
                    break;
                case "first_frozen":
                    Grads(net.first, false);
                    break;
                case "first_frozen_later":
                    Grads(net.first, epoch < 2);
                    break;
                case "last_frozen_between":
                    Grads(net.last, epoch is not (1 or 2));
                    break;
                case "norm_frozen":
                    Grads(net.norm, false);
                    break;
            }
        }

        static void Grads(nn.Module module, bool takes)
        {
            foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
            {
                parameter.requires_grad = takes;
            }
        }
    }

    private static Optimizer New(string name) => name switch
    {
        "sgd" => new SGD(0.05),
        "momentum" => new SGD(0.05, momentum: 0.9),
        _ => new Adam(0.02),
    };

    private static TheoryData<string> Names(string kind) => [.. Recorded.GetProperty(kind).EnumerateObject().Select(run => run.Name)];

    private static NDArray Data(string name)
    {
        JsonElement array = Recorded.GetProperty("data").GetProperty(name);
        return NDArray.From(
            ReferenceArray.Numbers(array), [.. array.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]);
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(v => (float)ReferenceFile.Number(v))];

    private static NDArrays Rows(NDArray[] arrays, int from, int to) => NDArrays.Create([.. arrays.Select(array =>
    {
        int width = (int)(array.Shape.ElementCount / array.Shape[0]);
        return NDArray.From(array.ToArray()[(from * width)..(to * width)], [to - from, .. array.Shape[1..]]);
    })]);

    private static void Check(
        JsonElement expected, History history, Func<string, string>? rename = null, double ofValidation = Bound)
    {
        rename ??= key => key;
        foreach (JsonProperty logged in expected.EnumerateObject())
        {
            Tolerance.Near(
                Floats(logged.Value), [.. history[rename(logged.Name)].Select(v => (float)v)],
                logged.Name.StartsWith("val_", StringComparison.Ordinal) ? ofValidation : Bound, $"{logged.Name} of the epochs");
        }

        Assert.Equal(expected.EnumerateObject().Select(logged => rename(logged.Name)).Order(StringComparer.Ordinal),
            history.Keys.Where(key => key is not ("learning_rate" or "output_1_loss" or "val_output_1_loss")
            || expected.EnumerateObject().Any(logged => rename(logged.Name) == key)).Order(StringComparer.Ordinal));
    }

    private static void Check(JsonElement expected, Func<string, double> actual, string what)
    {
        foreach (JsonProperty value in expected.EnumerateObject())
        {
            Tolerance.Near(value.Value.GetDouble(), actual(value.Name), Bound, $"{value.Name} of {what}");
        }
    }

    private static void Set(nn.Module module, float[] flat)
    {
        int at = 0;
        using IDisposable _ = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
        {
            int count = (int)parameter.numel();
            using Tensor given = tensor(flat[at..(at + count)], parameter.shape);
            parameter.copy_(given);
            at += count;
        }
    }

    private sealed class Acting(string what, string when, Model model, Model other) : Callback
    {
        private int epoch;

        public List<Dictionary<string, double>> Logged { get; } = [];

        public override void OnEpochBegin(int epoch, Logs logs)
        {
            this.epoch = epoch;
            ActAt("epoch_begin");
        }

        public override void OnEpochEnd(int epoch, Logs logs) => ActAt("epoch_end");

        public override void OnTrainBatchBegin(int batch, Logs logs) => ActAt("batch_begin", batch);

        public override void OnTrainBatchEnd(int batch, Logs logs) => ActAt("batch_end", batch);

        public override void OnTestEnd(Logs logs) => ActAt("test_end");

        private void ActAt(string time, int batch = 0)
        {
            if (time != when)
            {
                return;
            }

            (NDArrays x, NDArrays y) = (Rows([X], 0, 9), Rows([Y], 0, 9));
            switch (what)
            {
                case "evaluate":
                    Note(model.Evaluate(x, y, batchSize: 4, verbose: 0));
                    break;
                case "test_on_batch":
                    Note(model.TestOnBatch(x, y));
                    break;
                case "train_on_batch":
                    Note(model.TrainOnBatch(x, y));
                    break;
                case "predict":
                    Logged.Add(new() { ["mean"] = model.Predict(x, verbose: 0).ToArray().Average() });
                    break;
                case "other":
                    Note(other.TrainOnBatch(x, y));
                    break;
                case "other_frozen":
                    model.Trainable = false;
                    Note(other.TrainOnBatch(x, y));
                    model.Trainable = true;
                    break;
                case "freeze_norm":
                    model.Layers[2].Trainable = epoch != 1;
                    break;
                case "freeze_all":
                    model.Trainable = epoch != 1;
                    break;
                case "freeze_first":
                    model.Layers[0].Trainable = epoch != 1;
                    break;
                case "freeze_in_batch":
                    model.Layers[0].Trainable = batch % 2 == 0;
                    break;
            }
        }

        private void Note(Logs logs) => Logged.Add(logs.Keys.ToDictionary(key => key, key => logs[key]));
    }
}
