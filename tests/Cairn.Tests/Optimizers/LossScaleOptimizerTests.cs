using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Optimizers;

/// <summary>
/// Cases beyond the runs and files recorded with Keras (Reference/runs/loss_scale, Reference/files/mlp_loss_scale). A power of two is
/// exact in multiplication and division, so that a scale that never overflows gives the same bits as a fixed <c>lossScaleFactor</c>.
/// </summary>
public sealed class LossScaleOptimizerTests
{
    private const double Overflowing = 1.7e38;

    public static TheoryData<string> Inner => ["adam", "clipped", "globally clipped", "accumulated", "averaged", "scheduled"];

    [Theory]
    [MemberData(nameof(Inner))]
    public void A_scale_that_never_overflows_does_not_change_the_result_of_the_inner_optimizer(string inner)
    {
        string plain = Train(Make(inner, 1024));
        string scaled = Train(new LossScaleOptimizer(Make(inner), 4096, 3));

        Assert.Equal(plain, scaled);
    }

    [Fact]
    public void ReduceLROnPlateau_and_LearningRateScheduler_set_the_rate_of_the_optimizer_inside()
    {
        Func<Callback>[] callbacks =
        [
            () => new ReduceLROnPlateau("loss", factor: 0.5, patience: 1, minDelta: 10),
            () => new LearningRateScheduler((epoch, rate) => epoch == 0 ? rate : rate * 0.7),
            () => new GradientAccumulation(2),
        ];
        foreach (Func<Callback> callback in callbacks)
        {
            string plain = Train(new SGD(0.1, lossScaleFactor: 1024), callback());
            string scaled = Train(new LossScaleOptimizer(new SGD(0.1), 1024), callback());

            Assert.Equal(plain, scaled);
        }
    }

    [Fact]
    public void A_scheduled_rate_is_refused_to_be_set_as_without_a_scale()
    {
        var optimizer = new LossScaleOptimizer(new SGD(new ExponentialDecay(0.1, 10, 0.9)));

        Assert.Throws<InvalidOperationException>(() => optimizer.LearningRate = 1);
        Assert.Contains("ExponentialDecay",
            Assert.Throws<InvalidOperationException>(() => Train(optimizer, new LearningRateScheduler(_ => 0.1))).ToString());
    }

    [Fact]
    public void SwapEMAWeights_swaps_the_averages_of_the_optimizer_inside()
    {
        string plain = Train(new Adam(0.02, useEma: true, lossScaleFactor: 1024), new SwapEMAWeights());
        string scaled = Train(new LossScaleOptimizer(new Adam(0.02, useEma: true), 1024), new SwapEMAWeights());

        Assert.Equal(plain, scaled);
        Assert.Contains("useEma",
            Assert.Throws<InvalidOperationException>(() => Train(new LossScaleOptimizer(new Adam()), new SwapEMAWeights())).ToString());
    }

    [Fact]
    public void A_step_that_overflows_changes_nothing_but_the_scale_and_callbacks_see_no_gradients_of_it()
    {
        var optimizer = new LossScaleOptimizer(new SGD(0.1, momentum: 0.9, useEma: true), Overflowing);
        using Model model = Classifier(optimizer);
        (float[,] x, int[] y) = FitTests.Data(10);
        float[] before = ReferenceRun.Flatten(model);
        var watch = new CountGradients();

        // The gradient of a logit, p - 1 or p, is far above 0.002 somewhere, and 2000 times that overflows at half of the largest float.
        model.Fit(x, y, batchSize: 10, verbose: 0, callbacks: [watch], sampleWeight: Enumerable.Repeat(2000f, 10).ToArray());

        Assert.Equal(before, ReferenceRun.Flatten(model));
        Assert.Equal((0, 0), (optimizer.Iterations, watch.Seen));
        Assert.Equal((float)Overflowing / 2, (float)optimizer.DynamicScale);
    }

    [Fact]
    public void NaN_in_the_data_skips_a_step_and_changes_no_weight()
    {
        var optimizer = new LossScaleOptimizer(new SGD(0.1), 64);
        using Model model = Classifier(optimizer);
        (float[,] x, int[] y) = FitTests.Data(10);
        float[] before = ReferenceRun.Flatten(model);
        x[3, 2] = float.NaN;

        model.Fit(x, y, batchSize: 10, verbose: 0, allowNaN: true);

        Assert.Equal(before, ReferenceRun.Flatten(model));
        Assert.Equal(32, optimizer.DynamicScale);
    }

    [Theory]
    [InlineData(1.7e38, 1, false, 1.7014118346046923e38)] // 2^127: doubled again it would be infinite
    [InlineData(2e-38, 1, true, 1.1754943508222875e-38)] // 2^-126: halved repeatedly it would become 0
    public void The_scale_never_becomes_infinite_or_0(double initial, int growth, bool broken, double expected)
    {
        var optimizer = new LossScaleOptimizer(new SGD(0), initial, growth);
        using Model model = Classifier(optimizer);
        (float[,] x, int[] y) = FitTests.Data(30);

        // With zeros for inputs and targets that the outputs meet, no gradient is large: those of the biases are below 1.
        for (int row = 0; row < 30; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                x[row, column] = broken ? float.NaN : 0;
            }
        }

        model.Fit(x, y, batchSize: 10, epochs: 2, verbose: 0, allowNaN: true);

        Assert.Equal((float)expected, (float)optimizer.DynamicScale);
    }

    [Fact]
    public void Invalid_arguments_are_refused_by_name()
    {
        Assert.Equal("innerOptimizer", Assert.Throws<ArgumentNullException>(() => new LossScaleOptimizer(null!)).ParamName);
        Assert.Equal("innerOptimizer",
            Assert.Throws<ArgumentException>(() => new LossScaleOptimizer(new LossScaleOptimizer("adam"))).ParamName);
        foreach (double scale in (double[])[0, -1, double.NaN, double.PositiveInfinity, 1e39, 1e-50])
        {
            Assert.Equal("initialScale", Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaleOptimizer("adam", scale)).ParamName);
        }

        Assert.Equal("dynamicGrowthSteps",
            Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaleOptimizer("adam", dynamicGrowthSteps: 0)).ParamName);
    }

    [Fact]
    public void A_configuration_without_an_inner_optimizer_or_with_one_s_arguments_is_refused_with_its_place()
    {
        Assert.Contains("inner_optimizer", Refused(new JsonObject()));
        JsonObject config = new LossScaleOptimizer("adam").Serialize()["config"]!.AsObject();
        config["clipnorm"] = 1.0;
        Assert.Contains("inner_optimizer", Refused(config));
        config["clipnorm"] = null;
        config["initial_scale"] = 0;
        Assert.Contains("initialScale", Refused(config));

        static string Refused(JsonObject config) => Assert.Throws<ConfigException>(
            () => OptimizerRegistry.Deserialize(new JsonObject { ["class_name"] = "LossScaleOptimizer", ["config"] = config.DeepClone() },
                "optimizer")).Message;
    }

    [Fact]
    public void A_file_with_an_invalid_scale_is_refused()
    {
        using var folder = new TemporaryFolder();
        var optimizer = new LossScaleOptimizer(new SGD(0.1));
        using Model model = Classifier(optimizer);
        (float[,] x, int[] y) = FitTests.Data(10);
        model.Fit(x, y, verbose: 0);
        optimizer.ScaleVariables[1].Assign(NDArray.From(new float[] { 0 }, []));
        foreach (string file in (string[])["model.keras", "model.h5"])
        {
            model.Save(folder[file]);
            Assert.Contains("positive", Assert.Throws<ModelFormatException>(() => Model.Load(folder[file])).Message);
        }
    }

    [Fact]
    public void A_model_saved_before_training_loads_without_a_warning_and_can_still_be_frozen()
    {
        using var folder = new TemporaryFolder();
        using Model model = Classifier(new LossScaleOptimizer(new Adam(0.02), 512));
        foreach (string file in (string[])["model.keras", "model.h5"])
        {
            model.Save(folder[file]);
            using var loaded = Model.Load(folder[file]);
            loaded.Layers[0].Trainable = false;
            (float[,] x, int[] y) = FitTests.Data(10);
            loaded.Fit(x, y, verbose: 0);

            Assert.Empty(loaded.LoadWarnings);
            Assert.Equal(512, Assert.IsType<LossScaleOptimizer>(loaded.Optimizer).DynamicScale);
            Assert.Equal(1, loaded.Optimizer.Iterations);
        }
    }

    private static Optimizer Make(string inner, double? factor = null) => inner switch
    {
        "clipped" => new SGD(0.1, momentum: 0.9, nesterov: true, clipNorm: 0.01, lossScaleFactor: factor),
        "globally clipped" => new Adam(0.02, globalClipNorm: 0.01, weightDecay: 0.01, lossScaleFactor: factor),
        "accumulated" => new SGD(0.1, gradientAccumulationSteps: 2, lossScaleFactor: factor),
        "averaged" => new Adam(0.02, useEma: true, emaMomentum: 0.8, emaOverwriteFrequency: 3, lossScaleFactor: factor),
        "scheduled" => new RMSprop(new ExponentialDecay(0.02, 4, 0.5), lossScaleFactor: factor),
        _ => new Adam(0.02, lossScaleFactor: factor),
    };

    private static Model Classifier(Optimizer optimizer)
    {
        var model = new Sequential([new Input([4]), new Dense(8, activation: "tanh"), new Dense(3)], seed: 4);
        model.Compile(optimizer, new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true));
        model.EnsureBuilt();
        return model;
    }

    private static string Train(Optimizer optimizer, Callback? callback = null)
    {
        using Model model = Classifier(optimizer);
        (float[,] x, int[] y) = FitTests.Data(90);
        History history = model.Fit(x, y, batchSize: 10, epochs: 3, verbose: 0, shuffle: false, validationSplit: 0.2,
            callbacks: callback is null ? null : [callback]);
        IEnumerable<string> logs = history.Keys.Select(key => $"{key}: {string.Join(' ', history[key])}");
        return string.Join('\n',
            [.. logs, $"{optimizer.Iterations} changes at {optimizer.LearningRate}", string.Join(' ', ReferenceRun.Flatten(model))]);
    }

    private sealed class CountGradients : Callback
    {
        public int Seen { get; private set; }

        public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients) => Seen++;
    }
}
