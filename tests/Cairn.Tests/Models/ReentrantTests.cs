using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Training;
using Cairn.Training;

namespace Cairn.Tests;

/// <summary>Callbacks that use the model during its training; the numbers are those of Keras (Reference/reentrant).</summary>
public sealed class ReentrantTests
{
    private static readonly JsonElement Recorded = ReferenceFile.Read("reentrant/cases.json");
    private static readonly NDArray X = Array("x");
    private static readonly NDArray Y = Array("y");
    private static readonly NDArray SomeX = Rows(X, 0, 20);
    private static readonly NDArray SomeY = Rows(Y, 0, 20);

    [Theory]
    [InlineData("nothing")]
    [InlineData("evaluate")]
    [InlineData("test_on_batch")]
    [InlineData("predict")]
    [InlineData("train_on_batch")]
    [InlineData("evaluate_in_epoch_begin")]
    [InlineData("evaluate_in_batch_end")]
    [InlineData("evaluate_in_test_begin")]
    [InlineData("test_on_batch_in_test_begin")]
    [InlineData("train_on_batch_in_batch_end")]
    [InlineData("freeze_first_layer_in_epoch_2")]
    [InlineData("freeze_and_thaw")]
    [InlineData("freeze_and_thaw_adam")]
    [InlineData("freeze_and_thaw_adamw_ema")]
    [InlineData("freeze_in_a_batch")]
    [InlineData("freeze_all")]
    [InlineData("fit_in_epoch_end")]
    [InlineData("all_frozen_from_the_start")]
    [InlineData("train_another_that_shares")]
    [InlineData("train_another_with_the_shared_layer_frozen")]
    public void The_enclosing_run_equals_that_of_Keras(string name)
    {
        JsonElement expected = Recorded.GetProperty("cases").GetProperty(name);
        using Model model = Start();
        model.Compile(
            name switch
            {
                "freeze_and_thaw_adam" => new Adam(0.02),
                "freeze_and_thaw_adamw_ema" => new AdamW(0.02, weightDecay: 0.1, useEma: true, emaMomentum: 0.9),
                "freeze_in_a_batch" => new SGD(0.05, momentum: 0.9),
                _ => new SGD(0.05),
            },
            "mse",
            ["mae"]);
        using Sequential other = new([new Input([4]), model.Layers[0], new Dense(1, kernelInitializer: "ones")]);
        other.Compile(new SGD(0.05), "mse");
        model.Trainable = name != "all_frozen_from_the_start";

        History history = model.Fit(
            X, Y, batchSize: 16, epochs: 4, shuffle: false, verbose: 0, validationData: (Rows(X, 40, 64), Rows(Y, 40, 64)),
            callbacks: [new Acting(name, model, other)]);

        foreach (JsonProperty values in expected.GetProperty("history").EnumerateObject())
        {
            Tolerance.Near(
                [.. values.Value.EnumerateArray().Select(v => (float)v.GetDouble())], [.. history[values.Name].Select(v => (float)v)], 2e-5,
                values.Name);
        }

        if (expected.TryGetProperty("weights", out JsonElement weights))
        {
            Tolerance.Near([.. weights.EnumerateArray().Select(v => (float)v.GetDouble())], ReferenceRun.Flatten(model), 2e-5, "weights");
            Assert.Equal(expected.GetProperty("iterations").GetInt64(), model.Optimizer!.Iterations);
        }
    }

    [Fact]
    public void Compile_in_a_callback_is_refused_as_Keras_refuses_it_and_the_run_before_it_stays()
    {
        Assert.StartsWith("TypeError", Recorded.GetProperty("cases").GetProperty("compile_in_epoch_end").GetProperty("error").GetString(),
            StringComparison.Ordinal);
        using Model model = Compiled();
        Optimizer before = model.Optimizer!;

        CallbackException exception = Assert.Throws<CallbackException>(() => model.Fit(
            X, Y, epochs: 3, verbose: 0, callbacks: [new LambdaCallback(onEpochEnd: (_, _) => model.Compile("adam", "mse"))]));

        Assert.Contains("Compile can't be called on the model", exception.InnerException!.Message, StringComparison.Ordinal);
        Assert.Same(before, model.Optimizer);
        Assert.Equal(2, model.Fit(X, Y, epochs: 2, verbose: 0)["loss"].Count);
    }

    [Fact]
    public void A_callback_may_compile_when_all_steps_are_done()
    {
        using Model model = Compiled();

        model.Fit(X, Y, epochs: 1, verbose: 0, callbacks: [new LambdaCallback(onTrainEnd: _ => model.Compile("adam", "mse"))]);

        Assert.IsType<Adam>(model.Optimizer);
        model.Fit(X, Y, epochs: 1, verbose: 0);
    }

    [Fact]
    public void Training_a_layer_that_was_frozen_when_the_optimizer_was_built_is_refused_as_in_Keras()
    {
        Assert.StartsWith("ValueError: Unknown variable",
            Recorded.GetProperty("cases").GetProperty("thaw_what_was_frozen").GetProperty("error").GetString(), StringComparison.Ordinal);
        using Model model = Compiled();
        model.Layers[0].Trainable = false;

        Exception exception = Assert.ThrowsAny<Exception>(() => model.Fit(
            X, Y, epochs: 3, verbose: 0,
            callbacks: [new LambdaCallback(onEpochBegin: (epoch, _) => model.Layers[0].Trainable = epoch == 1)]));

        Assert.Contains("call Compile with a new optimizer", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_adds_a_loss_does_not_disturb_what_a_callback_measures()
    {
        // The model's first layer has an activity regularizer; an evaluation during the run equals one after it.
        using Model model = Compiled();
        double inside = 0;
        model.Fit(
            X, Y, epochs: 2, verbose: 0, validationData: (X, Y),
            callbacks: [new LambdaCallback(onEpochEnd: (_, logs) => inside = model.Evaluate(X, Y, verbose: 0)["loss"])]);

        Assert.Equal(model.Evaluate(X, Y, verbose: 0)["loss"], inside);
    }

    [Fact]
    public void An_evaluation_inside_OnGradients_does_not_change_the_losses_of_several_outputs()
    {
        using Functional model = TwoHeads();
        using Functional watched = TwoHeads();
        History expected = model.Fit(X, [Y, Y], epochs: 2, shuffle: false, verbose: 0);

        History actual = watched.Fit(X, [Y, Y], epochs: 2, shuffle: false, verbose: 0, callbacks: [new Measuring(watched)]);

        foreach (string key in expected.Keys)
        {
            // Each evaluation resets the metrics, as in Keras: the epoch has the values of its last batch. The weights do not change.
            Assert.Equal(expected[key].Count, actual[key].Count);
        }

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(watched));
    }

    private static Functional TwoHeads()
    {
        var x = new Input([4]);
        KerasTensor hidden = new Dense(5, activation: "tanh").Apply(x);
        var model = new Functional(x, [new Dense(1, name: "a").Apply(hidden), new Dense(1, name: "b").Apply(hidden)], seed: 5);
        model.Compile(new SGD(0.05), "mse");
        return model;
    }

    private static Model Start() => Model.Load(ReferenceFile.PathOf("reentrant/model.keras"), compile: false);

    private static Model Compiled()
    {
        Model model = Start();
        model.Compile(new SGD(0.05), "mse", ["mae"]);
        return model;
    }

    private static NDArray Array(string name) => NDArray.From(
        ReferenceArray.Numbers(Recorded.GetProperty(name)),
        [.. Recorded.GetProperty(name).GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())]);

    private static NDArray Rows(NDArray array, int from, int to)
    {
        int width = (int)array.Shape[1];
        return NDArray.From(array.ToArray()[(from * width)..(to * width)], [to - from, width]);
    }

    private sealed class Measuring(Model model) : Callback
    {
        public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients) => model.Evaluate(X, [Y, Y], verbose: 0);
    }

    private sealed class Acting(string name, Model model, Model other) : Callback
    {
        private int epoch;
        private bool busy;

        public override void OnEpochBegin(int epoch, Logs logs)
        {
            this.epoch = epoch;
            Layer first = model.Layers[0];
            switch (name)
            {
                case "evaluate_in_epoch_begin":
                    model.Evaluate(SomeX, SomeY, verbose: 0);
                    break;
                case "freeze_first_layer_in_epoch_2" when epoch == 2:
                    first.Trainable = false;
                    break;
                case "freeze_all" when epoch == 2:
                    model.Trainable = false;
                    break;
                case "freeze_and_thaw" or "freeze_and_thaw_adam" or "freeze_and_thaw_adamw_ema":
                    first.Trainable = epoch switch { 1 => false, 3 => true, _ => first.Trainable };
                    break;
            }
        }

        public override void OnTrainBatchBegin(int batch, Logs logs)
        {
            if (name == "freeze_in_a_batch")
            {
                Layer last = model.Layers[1];
                last.Trainable = (epoch, batch) switch { (0, 1) => false, (2, 0) => true, _ => last.Trainable };
            }
        }

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            switch (name)
            {
                case "evaluate_in_batch_end" when batch == 1:
                    model.Evaluate(SomeX, SomeY, verbose: 0);
                    break;
                case "train_on_batch_in_batch_end" when batch == 2:
                    model.TrainOnBatch(SomeX, SomeY);
                    break;
            }
        }

        public override void OnTestBegin(Logs logs)
        {
            if (busy)
            {
                return;
            }

            busy = true;
            if (name == "evaluate_in_test_begin")
            {
                model.Evaluate(SomeX, SomeY, verbose: 0);
            }
            else if (name == "test_on_batch_in_test_begin")
            {
                model.TestOnBatch(SomeX, SomeY);
            }

            busy = false;
        }

        public override void OnEpochEnd(int epoch, Logs logs)
        {
            switch (name)
            {
                case "evaluate":
                    model.Evaluate(SomeX, SomeY, verbose: 0);
                    break;
                case "test_on_batch":
                    model.TestOnBatch(SomeX, SomeY);
                    break;
                case "predict":
                    model.Predict(SomeX, verbose: 0);
                    break;
                case "train_on_batch":
                    model.TrainOnBatch(SomeX, SomeY);
                    break;
                case "fit_in_epoch_end":
                    model.Fit(SomeX, SomeY, batchSize: 20, verbose: 0);
                    break;
                case "train_another_that_shares":
                    other.TrainOnBatch(SomeX, SomeY);
                    break;
                case "train_another_with_the_shared_layer_frozen":
                    model.Layers[0].Trainable = false;
                    other.TrainOnBatch(SomeX, SomeY);
                    model.Layers[0].Trainable = true;
                    break;
            }
        }
    }
}
