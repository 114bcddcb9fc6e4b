using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Callbacks;

public sealed class UnfreezeLayersTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2, 2, 2, 0, 2 }, [8, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5, 6, 2 }, [8, 1]);

    [Fact]
    public void An_unfrozen_layer_trains_from_its_epoch_on_as_if_training_had_just_started()
    {
        using Sequential expected = TwoLayers(new SGD(0.05));
        Fit(expected, 0, 2);
        expected.Layers[0].Trainable = true;
        expected.Compile(new SGD(0.05), "mse");
        Fit(expected, 2, 5);

        using Sequential actual = TwoLayers(new SGD(0.05));
        var kernels = new List<float[]>();
        var look = new LambdaCallback(onEpochEnd: (_, _) => kernels.Add(actual.Layers[0].Weights[0].ToNDArray().ToArray()));
        History history = Fit(actual, 0, 5, new UnfreezeLayers(2, ["base"]), look);

        Assert.Equal(kernels[0], kernels[1]);
        Assert.NotEqual(kernels[1], kernels[2]);
        Assert.Equal(Numbers(expected), Numbers(actual));
        TrainingEvent unfrozen = Assert.Single(history.Events);
        Assert.Equal((2, EventKind.LayersUnfrozen, 4.0, 13.0), (unfrozen.Epoch, unfrozen.Kind, unfrozen.OldValue, unfrozen.NewValue));
        Assert.Equal("base unfrozen, 9 more trainable parameters", unfrozen.Message);
    }

    [Fact]
    public void The_optimizer_keeps_its_state_and_creates_state_for_the_new_weights()
    {
        using Sequential model = TwoLayers(new Adam(0.01, useEma: true));
        float[][] before = [];
        var look = new LambdaCallback(onEpochEnd: (epoch, _) => before = epoch == 1 ? State(model) : before);
        float[][] after = [];
        var lookAgain = new LambdaCallback(onTrainBatchBegin: (_, _) => after = after.Length == 0
            && model.Layers[0].Trainable ? State(model) : after);
        Fit(model, 0, 3, look, new UnfreezeLayers(2), lookAgain);

        // Averages of all variables, then momentum and velocity of one after the other; base's kernel and bias stand before head's.
        Assert.Equal((6, 12), (before.Length, after.Length));
        Assert.Equal(before[..2], after[2..4]);
        Assert.Equal(before[2..], after[8..]);
        Assert.All(after[4..8], state => Assert.All(state, number => Assert.Equal(0, number)));
        Assert.Equal(Start(model, 0), after[0]);
        Assert.Equal(12, model.Optimizer!.SlotVariables.Count);

        // The saved model can be loaded and trained further.
        using var folder = new Saving.TemporaryFolder();
        model.Save(folder["m.keras"]);
        using var loaded = Model.Load(folder["m.keras"]);
        Assert.Equal(State(model), State(loaded));
        loaded.Seed = model.Seed;
        Fit(model, 3, 4);
        Fit(loaded, 3, 4);
        Assert.Equal(Numbers(model), Numbers(loaded));
    }

    [Fact]
    public void The_regularization_of_weights_counts_from_then_on()
    {
        // At a learning rate of 0 nothing changes: the loss increases only by the regularization, 0.5 for each squared element.
        using var model = new Sequential(
            [new Input([2]), new Dense(3, kernelRegularizer: new Cairn.Regularizers.L2(0.5), name: "base"), new Dense(1)], seed: 1);
        model.Layers[0].Trainable = false;
        model.Compile(new SGD(0), "mse");
        History history = Fit(model, 0, 2, new UnfreezeLayers(1));
        double price = 0.5 * model.Layers[0].Weights[0].ToNDArray().ToArray().Sum(number => number * number);
        Assert.Equal(history["loss"][0] + price, history["loss"][1], 1e-5);
    }

    [Fact]
    public void A_layer_within_a_frozen_model_is_unfrozen_alone()
    {
        var inner = new Sequential([new Dense(3, name: "a"), new Dense(3, name: "b")], name: "base");
        using var model = new Sequential([new Input([2]), inner, new Dense(1, name: "head")], seed: 1);
        inner.Trainable = false;
        model.Compile(new SGD(0.05), "mse");
        (List<float[]>? a, List<float[]>? b) = (new List<float[]>(), new List<float[]>());
        var look = new LambdaCallback(onEpochEnd: (_, _) =>
        {
            a.Add(inner.Layers[0].Weights[0].ToNDArray().ToArray());
            b.Add(inner.Layers[1].Weights[0].ToNDArray().ToArray());
        });
        Fit(model, 0, 3, new UnfreezeLayers(1, ["base/b"]), look);
        Assert.Equal(a[0], a[2]);
        Assert.NotEqual(b[0], b[1]);
        Assert.Equal((true, false, true), (inner.Trainable, inner.Layers[0].Trainable, inner.Layers[1].Trainable));
    }

    [Fact]
    public void The_learning_rate_can_be_set_as_well_and_is_reported()
    {
        using Sequential model = TwoLayers(new SGD(0.5));
        var output = new StringWriter();
        model.Output = output;
        History history = Fit(model, 0, 2, new UnfreezeLayers(1, learningRate: 0.125, verbose: 1));
        Assert.Equal([0.5, 0.125], history["learning_rate"]);
        Assert.Equal([EventKind.LayersUnfrozen, EventKind.LearningRateSet], history.Events.Select(happened => happened.Kind));
        Assert.Equal("\nEpoch 2: UnfreezeLayers unfreezing all layers: 9 more trainable parameters.\n", output.ToString());
    }

    [Fact]
    public void Layers_that_are_already_trainable_give_a_warning_and_unknown_ones_are_refused_before_training()
    {
        using Sequential model = TwoLayers(new SGD(0.05));
        History history = Fit(model, 0, 2, new UnfreezeLayers(1, ["head"]));
        Assert.Contains("UnfreezeLayers: head is already trainable", Assert.Single(history.Events).Message);
        Assert.Contains("Did you mean 'head'?",
            Assert.Throws<ArgumentException>(() => Fit(model, 0, 1, new UnfreezeLayers(1, ["hed"]))).Message);
        Assert.Throws<ArgumentException>(() => Fit(model, 0, 1, new UnfreezeLayers(1, ["base/kernel"])));
        model.Compile(new SGD(new Cairn.Optimizers.Schedules.ExponentialDecay(0.1, 10, 0.5)), "mse");
        Assert.Contains("ExponentialDecay",
            Assert.Throws<InvalidOperationException>(() => Fit(model, 0, 1, new UnfreezeLayers(1, learningRate: 0.1))).Message);
    }

    [Fact]
    public void Invalid_arguments_are_refused()
    {
        Assert.Equal("epoch", Assert.Throws<ArgumentOutOfRangeException>(() => new UnfreezeLayers(-1)).ParamName);
        Assert.Equal("layers", Assert.Throws<ArgumentException>(() => new UnfreezeLayers(1, [])).ParamName);
        Assert.Equal("layers", Assert.Throws<ArgumentException>(() => new UnfreezeLayers(1, [""])).ParamName);
        Assert.Equal("learningRate", Assert.Throws<ArgumentOutOfRangeException>(() => new UnfreezeLayers(1, learningRate: 0)).ParamName);
    }

    private static Sequential TwoLayers(Optimizer optimizer)
    {
        var model = new Sequential([new Input([2]), new Dense(3, name: "base"), new Dense(1, name: "head")], seed: 3);
        model.Layers[0].Trainable = false;
        model.Compile(optimizer, "mse");
        return model;
    }

    private static History Fit(Model model, int from, int to, params Callback[] callbacks) =>
        model.Fit(X, Y, batchSize: 4, initialEpoch: from, epochs: to, verbose: 0, callbacks: callbacks);

    private static float[] Numbers(Model model) => [.. model.GetWeights().SelectMany(weight => weight.ToArray())];

    private static float[][] State(Model model) => [.. model.Optimizer!.SlotVariables.Select(variable => variable.ToNDArray().ToArray())];

    /// <summary>A weight of a model with the same seed.</summary>
    private static float[] Start(Model model, int index)
    {
        Assert.Equal(3, model.Seed);
        using Sequential same = TwoLayers(new SGD());
        return same.GetWeights()[index].ToArray();
    }
}
