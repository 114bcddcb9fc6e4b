using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Callbacks;

/// <summary>Gradient norms computed by hand, and layers with gradients that are not finite.</summary>
public sealed class GradientMonitorTests
{
    // y = kernel · x + bias with kernel 2 and bias 1, loss (y - t)². For x = 3, t = 1: d = 2 (7 - 1) = 12, so the gradients are 36 and 12.
    // For x = 1, t = 0: d = 2 · 3 = 6, gradients 6 and 6.
    private static readonly NDArray X = NDArray.From(new float[] { 3, 1 }, [2, 1]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 0 }, [2, 1]);
    private static readonly double[] Norms = [Math.Sqrt((36 * 36) + (12 * 12)), Math.Sqrt(6 * 6 * 2)];

    [Theory]
    [InlineData(null, null)]
    [InlineData(0.5, null)]
    [InlineData(null, 1024.0)]
    public void The_norm_of_each_batch_is_that_of_the_loss_before_the_optimizer_touches_it(double? clipNorm, double? lossScaleFactor)
    {
        using Model model = Line(new SGD(0, clipNorm: clipNorm, lossScaleFactor: lossScaleFactor));
        var monitor = new GradientMonitor();
        List<double> norms = [];
        History history = model.Fit(
            X, Y, batchSize: 1, epochs: 2, verbose: 0, shuffle: false,
            callbacks: [monitor, new LambdaCallback(onTrainBatchEnd: (_, _) => norms.Add(monitor.GlobalNorm))]);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Norms[i % 2], norms[i], 1e-5);
        }

        Assert.All(history["gradient_norm"], mean => Assert.Equal(Norms.Average(), mean, 1e-5));
        Assert.DoesNotContain("gradient_norm/dense", history.Keys);
        Assert.Equal(["dense"], monitor.LayerNorms.Keys);
        Assert.Empty(history.Events);
    }

    [Fact]
    public void Accumulated_gradients_are_seen_batch_by_batch()
    {
        using Model model = Line(new SGD(0, gradientAccumulationSteps: 2));
        History history = model.Fit(X, Y, batchSize: 1, verbose: 0, shuffle: false, callbacks: [new GradientMonitor()]);
        Assert.Equal(Norms.Average(), history["gradient_norm"][0], 1e-5);
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 0.0)]
    public void Only_every_nth_batch_is_measured(int freq, double share)
    {
        using Model model = Line(new SGD(0));
        History history = model.Fit(X, Y, batchSize: 1, verbose: 0, shuffle: false, callbacks: [new GradientMonitor(freq)]);

        // Of two batches, all or the first.
        Assert.Equal(((Norms[0] + (share * Norms[1])) / (1 + share)), history["gradient_norm"][0], 1e-5);
    }

    [Fact]
    public void Layers_have_their_own_norms_whose_squares_add_up()
    {
        using var model =
            new Sequential([new Input([2]), new Dense(3, activation: "tanh"),
            new Sequential([new Dense(2), new Dense(1, name: "last")], name: "inner")], seed: 5);
        model.Compile(new SGD(0.01), "mse");
        var output = new StringWriter();
        model.Output = output;
        var x = NDArray.From(new float[] { 1, 2, 3, 4 }, [2, 2]);
        var monitor = new GradientMonitor(perLayer: true, verbose: 1);
        History history = model.Fit(x, NDArray.From(new float[] { 1, 0 }, [2, 1]), verbose: 0, callbacks: [monitor]);
        Assert.Equal(["dense", "inner/dense", "inner/last"], monitor.LayerNorms.Keys);
        Assert.Equal(monitor.GlobalNorm, Math.Sqrt(monitor.LayerNorms.Values.Sum(norm => norm * norm)), 1e-9);
        foreach ((string layer, double norm) in monitor.LayerNorms)
        {
            Assert.Equal(norm, history[$"gradient_norm/{layer}"][0]);
        }

        (string largest, double most) = monitor.LayerNorms.MaxBy(pair => pair.Value);
        Assert.Equal(
            $"\nEpoch 1: GradientMonitor: gradient norm {PythonNumber.Fixed(monitor.GlobalNorm, 5)}, largest in {largest} "
                + $"({PythonNumber.Fixed(most, 5)})\n", output.ToString());
    }

    [Fact]
    public void The_layer_where_a_gradient_breaks_is_named_once_in_a_row()
    {
        using var model = new Sequential(
            [new Input([2]), new Dense(2, name: "first"), new Dense(2, name: "second"), new Dense(1, name: "third")], seed: 5);
        model.Compile(new SGD(0.001), "mse");
        var x = NDArray.From(Enumerable.Range(0, 12).Select(i => i / 12f).ToArray(), [6, 2]);

        // An infinite weight of the last layer makes the output infinite, and with it every gradient of the backward pass.
        NDArray[] sound = [];
        History history = model.Fit(
            x, NDArray.From(new float[6], [6, 1]), batchSize: 1, epochs: 1, verbose: 0, shuffle: false,
            callbacks:
            [
                new LambdaCallback(onTrainBatchBegin: (batch, _) =>
                {
                    if (batch == 0) { sound = model.GetWeights(); } model.SetWeights(sound);
                    if (batch is 2 or 3
                        or 5) { model.SetWeights(
                        [.. sound.Select((weight, i) => i == 4 ? NDArray.From(new float[] { float.PositiveInfinity, 1 }, [2, 1])
                        : weight)]); } }),
                new GradientMonitor(),
            ]);
        List<TrainingEvent> found = [.. history.Events.Where(happened => happened.Kind == EventKind.GradientNotFinite)];
        Assert.Equal([2, 5], found.Select(happened => happened.Batch!.Value));
        Assert.All(found, happened => Assert.Contains("the gradient of layer 'third' is not finite", happened.Message));
        Assert.All(found, happened => Assert.EndsWith("also affected: first, second", happened.Message));
        Assert.True(double.IsNaN(history["gradient_norm"][0]));
    }

    [Fact]
    public void Weight_and_kind_are_reported()
    {
        using Model model = Line(new SGD(0));
        var error = new StringWriter();
        var list = new CallbackList([new GradientMonitor(stopOnNonFinite: true)], model, new CallbackParams { Error = error },
            addHistory: true);
        model.StopTraining = false;
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        using (TorchSharp.torch.NewDisposeScope())
        {
            list.OnGradients(3,
                [new Gradient(model.Weights[0], TorchSharp.torch.tensor(new[,] { { float.NaN } })),
                    new Gradient(model.Weights[1], TorchSharp.torch.tensor(new[] { 1f }))]);
        }

        const string Message = "the gradient of layer 'dense' is not finite: of the 1 elements of kernel, 1 are NaN and 0 infinite";
        Assert.Equal($"UserWarning: GradientMonitor: {Message}\n", error.ToString());
        Assert.Equal([EventKind.GradientNotFinite, EventKind.TrainingStopped], list.History!.Events.Select(happened => happened.Kind));
        Assert.Equal((Message, 0, 3), (list.History.Events[0].Message, list.History.Events[0].Epoch, list.History.Events[0].Batch));
        Assert.True(model.StopTraining);
    }

    [Fact]
    public void A_training_can_be_stopped_after_the_batch_that_broke()
    {
        using Model model = Line(new SGD(float.MaxValue));
        History history = model.Fit(X, Y, batchSize: 1, epochs: 50, verbose: 0, shuffle: false,
            callbacks: [new GradientMonitor(stopOnNonFinite: true)]);
        TrainingEvent stopped = Assert.Single(history.Events, happened => happened.Kind == EventKind.TrainingStopped);
        Assert.Equal(stopped.Epoch, history.Epochs[^1]);
        Assert.Equal((stopped.Epoch * 2) + stopped.Batch!.Value + 1, model.Optimizer!.Iterations);
    }

    [Fact]
    public void The_optimizer_uses_the_gradients_as_changed_by_a_hook()
    {
        using Model model = Line(new SGD(1));
        model.Fit(
            X, Y, batchSize: 1, verbose: 0, shuffle: false,
            callbacks: [new LambdaCallback(onGradients: (batch, gradients) =>
            {
                Assert.Equal(["kernel", "bias"], gradients.Select(gradient => gradient.Weight.Name));
                using IDisposable off = TorchSharp.torch.no_grad();
                foreach (Gradient gradient in gradients) { gradient.Value.fill_(0.25f); } })]);

        // Two steps of 0.25 at the rate 1.
        Assert.Equal([1.5f, 0.5f], model.GetWeights().Select(weight => weight.ToArray()[0]));
    }

    [Fact]
    public void Gradients_cost_nothing_unless_a_callback_uses_them()
    {
        Assert.True(new GradientMonitor().UsesGradients);
        Assert.False(new GradientMonitor().UsesTrainBatchHooks);
        Assert.False(new EarlyStopping().UsesGradients || new LambdaCallback(onTrainBatchEnd: (_, _) => { }).UsesGradients);
        Assert.False(new CallbackList([new EarlyStopping(), new History()], TinyModel.Create()).UsesGradients);
    }

    [Fact]
    public void A_hook_that_fails_is_named()
    {
        using Model model = Line(new SGD(1));
        CallbackException error =
            Assert.Throws<CallbackException>(() =>
            model.Fit(X, Y, batchSize: 1, verbose: 0,
            callbacks: [new LambdaCallback(onGradients: (_, _) => throw new InvalidDataException("no luck"))]));
        Assert.Equal("The callback 'LambdaCallback' failed in OnGradients (epoch 1, batch 1): no luck", error.Message);
    }

    [Fact]
    public void In_the_middle_of_an_epoch_it_continues_with_the_accumulated_gradients()
    {
        using Model model = Line(new SGD(0));
        double Mean(bool cut)
        {
            var logs = new Logs([new("loss", 1)]);
            CallbackList Begin()
            {
                var list = new CallbackList(
                    [new GradientMonitor(freq: 2), new LambdaCallback(onEpochEnd: (_, seen) => logs = seen)], model);
                list.OnTrainBegin();
                return list;
            }

            CallbackList list = Begin();
            list.OnEpochBegin(0);
            for (int batch = 0; batch < 6; batch++)
            {
                using (TorchSharp.torch.NewDisposeScope())
                {
                    list.OnGradients(batch, [new Gradient(model.Weights[1], TorchSharp.torch.tensor(new[] { batch + 1f }))]);
                }

                if (!cut || batch != 2)
                {
                    continue;
                }

                SavedState saved = list.SaveStates()[0]!;
                var copy = new SavedState(JsonNode.Parse(saved.Values.ToJsonString())!.AsObject());
                foreach ((string name, NDArray array) in saved.Arrays)
                {
                    copy.Arrays[name] = array;
                }

                list = Begin();
                list.LoadStates([copy, new SavedState()], 0, inEpoch: true);
            }

            list.OnEpochEnd(0, logs);
            return logs["gradient_norm"];
        }

        // Batches 0, 2 and 4 are measured: 1, 3 and 5.
        Assert.Equal(3, Mean(cut: false));
        Assert.Equal(3, Mean(cut: true));
    }

    [Fact]
    public void It_survives_JSON_and_refuses_invalid_arguments()
    {
        GradientMonitor read = Assert.IsType<GradientMonitor>(
            CallbackSerialization.Deserialize(
                CallbackSerialization.Serialize(new GradientMonitor(3, perLayer: true, stopOnNonFinite: true, 1))));
        Assert.Equal((3, true, true, 1), (read.Freq, read.PerLayer, read.StopOnNonFinite, read.Verbose));
        Assert.Equal("freq", Assert.Throws<ArgumentOutOfRangeException>(() => new GradientMonitor(0)).ParamName);
    }

    private static Sequential Line(Optimizer optimizer)
    {
        var model = new Sequential([new Input([1]), new Dense(1)]);
        model.Compile(optimizer, "mse");
        model.SetWeights([NDArray.From(new float[] { 2 }, [1, 1]), NDArray.From(new float[] { 1 }, [1])]);
        return model;
    }
}
