using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Callbacks;

/// <summary>Swapping of weights and averages; the test computes the averages by Keras' formula in float32.</summary>
public sealed class SwapEMAWeightsTests
{
    private const float Momentum = 0.75f;
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2 }, [6, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5 }, [6, 1]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Validation_sees_the_averages_and_training_the_weights(bool swapOnEpoch)
    {
        using Model plain = Create();
        List<float[]> steps = [];
        var batches = new LambdaCallback(onTrainBatchEnd: (_, _) => steps.Add(Numbers(plain)));
        plain.Fit(X, Y, batchSize: 2, epochs: 3, verbose: 0, shuffle: false, callbacks: [batches]);

        using Model model = Create();
        List<float[]> trained = [];
        List<float[]> measured = [];
        List<float[]> between = [];
        var watch = new LambdaCallback(
            onTrainBatchEnd: (_, _) => trained.Add(Numbers(model)),
            onTestBatchBegin: (_, _) => measured.Add(Numbers(model)),
            onEpochEnd: (_, _) => between.Add(Numbers(model)));
        model.Fit(X, Y, batchSize: 2, epochs: 3, verbose: 0, shuffle: false, validationData: (X, Y), validationBatchSize: 6,
            callbacks: [new SwapEMAWeights(swapOnEpoch), watch]);

        // The callback does not change the training itself.
        Assert.Equal(steps, trained);
        float[][] averages = Averages(steps);
        Assert.Equal([averages[2], averages[5], averages[8]], measured);
        Assert.Equal(swapOnEpoch ? measured : [steps[2], steps[5], steps[8]], between);

        // At the end the weights are the averages, with or without the callback.
        Assert.Equal(averages[8], Numbers(plain));
        Assert.Equal(averages[8], Numbers(model));
    }

    [Fact]
    public void Evaluation_and_prediction_use_the_averages_and_keep_the_weights()
    {
        using Model model = Create();
        (double Loss, float Prediction) averaged = default;
        (double Loss, float Prediction) raw = default;
        var inTraining = new LambdaCallback(onEpochEnd: (_, _) =>
        {
            float[] before = Numbers(model);
            var swap = new SwapEMAWeights();
            raw = (model.Evaluate(X, Y, verbose: 0)["loss"], model.Predict(X, verbose: 0).ToArray()[4]);
            averaged = (model.Evaluate(X, Y, verbose: 0, callbacks: [swap])["loss"], model.Predict(X, verbose: 0, callbacks: [swap])
                .ToArray()[4]);
            Assert.Equal(before, Numbers(model));
        });
        model.Fit(X, Y, batchSize: 2, epochs: 1, verbose: 0, shuffle: false, callbacks: [inTraining]);
        Assert.NotEqual(raw.Loss, averaged.Loss);
        Assert.Equal(averaged.Loss, model.Evaluate(X, Y, verbose: 0)["loss"]);
        Assert.Equal(averaged.Prediction, model.Predict(X, verbose: 0).ToArray()[4]);
    }

    [Fact]
    public void A_later_checkpoint_saves_the_averages_of_each_epoch()
    {
        using var folder = new TemporaryFolder();
        using Model model = Create();
        List<float[]> steps = [];
        model.Fit(
            X, Y, batchSize: 2, epochs: 2, verbose: 0, shuffle: false,
            callbacks:
            [
                new LambdaCallback(onTrainBatchEnd: (_, _) => steps.Add(Numbers(model))),
                new SwapEMAWeights(swapOnEpoch: true),
                new ModelCheckpoint(folder["{epoch}.keras"]),
            ]);
        float[][] averages = Averages(steps);
        using var first = Model.Load(folder["1.keras"]);
        using var second = Model.Load(folder["2.keras"]);
        Assert.Equal(averages[2], Numbers(first));
        Assert.Equal(averages[5], Numbers(second));
    }

    // In Keras 3.16 such a run ends with the weights instead of the averages, which are lost.
    [Fact]
    public void A_training_that_is_stopped_early_ends_with_the_averages_too()
    {
        using Model model = Create();
        List<float[]> steps = [];
        model.Fit(
            X, Y, batchSize: 2, epochs: 5, verbose: 0, shuffle: false,
            callbacks:
            [
                new SwapEMAWeights(swapOnEpoch: true),
                new LambdaCallback(onTrainBatchEnd: (_, _) => steps.Add(Numbers(model)),
                    onEpochEnd: (epoch, _) => model.StopTraining = epoch == 1),
            ]);
        Assert.Equal(6, steps.Count);
        Assert.Equal(Averages(steps)[5], Numbers(model));
    }

    [Fact]
    public void An_interrupted_training_keeps_its_weights_so_that_it_can_continue()
    {
        using Model model = Create();
        List<float[]> steps = [];
        using var cancel = new CancellationTokenSource();
        History history = model.Fit(
            X, Y, batchSize: 2, epochs: 5, verbose: 0, shuffle: false, cancellationToken: cancel.Token,
            callbacks:
            [
                new SwapEMAWeights(swapOnEpoch: true),
                new LambdaCallback(onTrainBatchEnd: (_, _) => steps.Add(Numbers(model)), onEpochEnd: (_, _) => cancel.Cancel()),
            ]);
        Assert.Equal([0], history.Epochs);
        Assert.Equal(steps[^1], Numbers(model));
        Assert.Equal([EventKind.WeightsSwapped, EventKind.Interrupted, EventKind.WeightsSwapped],
            history.Events.Select(happened => happened.Kind));
    }

    [Fact]
    public void Its_actions_are_recorded_as_events()
    {
        using Model model = Create();
        History history = model.Fit(X, Y, epochs: 1, verbose: 0, validationData: (X, Y), callbacks: [new SwapEMAWeights()]);
        Assert.Equal(
            ["evaluated with the averages of the weights", "weights swapped back"],
            history.Events.Where(happened => happened.Kind == EventKind.WeightsSwapped).Select(happened => happened.Message));
    }

    [Fact]
    public void An_optimizer_without_averages_is_refused_before_the_first_epoch()
    {
        using var model = TinyModel.Create();
        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0, callbacks: [new SwapEMAWeights()]));
        Assert.Contains("must be used when useEma: true is set on the optimizer. Received: useEma: false, from SGD", refused.Message);
        using Model untrained = Create();
        Assert.Contains(
            "no averages of the weights before the first step",
            Assert.Throws<InvalidOperationException>(() =>
            untrained.Evaluate(X, Y, verbose: 0, callbacks: [new SwapEMAWeights()])).Message);
        using var uncompiled = new Sequential([new Input([2]), new Dense(1)]);
        Assert.Contains(
            "useEma: true to Compile",
            Assert.Throws<InvalidOperationException>(() => uncompiled.Predict(X, verbose: 0, callbacks: [new SwapEMAWeights()])).Message);
    }

    [Fact]
    public void It_survives_JSON() =>
        Assert.True(
        Assert.IsType<SwapEMAWeights>(
            CallbackSerialization.Deserialize(CallbackSerialization.Serialize(new SwapEMAWeights(true)))).SwapOnEpoch);

    private static Sequential Create()
    {
        var model = new Sequential([new Input([2]), new Dense(1)], seed: 3);
        model.Compile(new SGD(0.0625, useEma: true, emaMomentum: Momentum), "mse");
        return model;
    }

    private static float[] Numbers(Model model) => [.. model.GetWeights().SelectMany(weight => weight.ToArray())];

    // average = momentum * average + (1 - momentum) * weight, starting with the initial weights.
    private static float[][] Averages(List<float[]> steps)
    {
        float[][] averages = new float[steps.Count][];
        for (int step = 0; step < steps.Count; step++)
        {
            averages[step] =
                [.. steps[step].Select((weight, i) => step == 0 ? weight : (Momentum * averages[step - 1][i]) + ((1 - Momentum) * weight))];
        }

        return averages;
    }
}
