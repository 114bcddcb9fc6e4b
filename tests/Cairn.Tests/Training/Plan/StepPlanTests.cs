using Cairn.Activations;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using Cairn.Regularizers;
using Cairn.Tests.Native;
using Cairn.Training.Plan;
using static TorchSharp.torch;

namespace Cairn.Tests.Training.Plan;

/// <summary>Steps by a plan compute what the layers compute.</summary>
public sealed class StepPlanTests
{
    private const int Features = 11;
    private const int Classes = 5;

    public static TheoryData<string> Kinds => [.. Chains.Keys];

    private static Dictionary<string, Func<Layer[]>> Chains { get; } = new()
    {
        ["one product"] = () => [new Dense(Classes)],
        ["no bias"] = () => [new Dense(40, "relu", useBias: false), new Dense(Classes, useBias: false)],
        ["relu and dropout"] = () => [new Dense(33, "relu"), new Dropout(0.3), new Dense(Classes)],
        ["sigmoid, tanh and dropout"] = () =>
            [new Dense(16, "sigmoid"), new Dropout(0.2), new Dense(17, "tanh"), new Dropout(0.5), new Dense(Classes)],
        ["dropout alone"] = () => [new Dropout(0.4), new Dense(Classes)],
        ["dropout twice, of an odd width"] = () => [new Dense(7), new Dropout(0.1), new Dropout(0.1), new Dense(Classes)],
        ["normalization"] = () => [new Dense(48), new BatchNormalization(), new Activation("relu"), new Dense(20),
            new BatchNormalization(center: false), new ReLU(), new Dense(Classes)],
        ["normalization after relu"] = () => [new Dense(19, "relu"), new BatchNormalization(scale: false, momentum: 0.5),
            new Dropout(0.2), new Dense(Classes)],
        ["normalization of the input"] = () => [new BatchNormalization(epsilon: 1e-5), new Dense(64, "tanh"), new Dense(Classes)],
        ["relu of relu"] = () =>
            [new Dense(9, "relu"), new Activation("relu"), new Identity(), new Activation("sigmoid"), new Dense(Classes)],
        ["penalties"] = () => [new Dense(30, "relu", kernelRegularizer: new L2(0.01), biasRegularizer: "l2"),
            new BatchNormalization(gammaRegularizer: "l2"), new Dense(Classes, kernelRegularizer: "l2")],
        ["wider than a piece of a panel"] = () => [new Dense(1_100, "relu"), new Dense(530, "tanh"), new Dense(Classes)],
        ["weights that are streamed"] = () => [new Dense(1_050, "relu"), new Dense(1_001, "tanh"), new Dense(Classes)],
        ["softmax layer"] = () => [new Dense(12, "relu"), new Dense(Classes), new Softmax()],
        ["frozen first layer"] = () => [new Dense(21, "relu") { Trainable = false }, new Dense(8, "relu"), new Dense(Classes)],
        ["frozen last layer"] = () => [new Dense(21, "relu"), new Dense(8, "relu"), new Dense(Classes) { Trainable = false }],
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_run_by_plan_is_a_run_by_layers_but_for_rounding(string kind)
    {
        RequireSupport();
        bool isProbability = kind == "softmax layer";
        (double[] planned, float[][] weights) = Run(Chains[kind], byPlan: true, isProbability);
        (double[] plain, float[][] expected) = Run(Chains[kind], byPlan: false, isProbability);
        for (int i = 0; i < plain.Length; i++)
        {
            Assert.Equal(plain[i], planned[i], 2e-5 * Math.Max(1, Math.Abs(plain[i])));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], weights[i], (a, b) => Math.Abs(a - b) <= 2e-5f * Math.Max(1, Math.Abs(a)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_gradients_of_one_step_agree_to_rounding(string kind)
    {
        RequireSupport();
        bool isProbability = kind == "softmax layer";
        Dictionary<string, float[]> planned = Gradients(Chains[kind], byPlan: true, isProbability);
        Dictionary<string, float[]> plain = Gradients(Chains[kind], byPlan: false, isProbability);
        Assert.Equal(plain.Keys.Order(), planned.Keys.Order());
        foreach ((string name, float[] expected) in plain)
        {
            float largest = expected.Max(Math.Abs);
            Assert.Equal(expected, planned[name], (a, b) => Math.Abs(a - b) <= 2e-6f * Math.Max(largest, 0.1f));
        }
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("huber")]
    [InlineData("mine")]
    public void Any_loss_works_with_a_plan(string name)
    {
        RequireSupport();
        double[] both = [.. new[] { true, false }.Select(byPlan =>
        {
            using var model = new Sequential([new Input([Features]), new Dense(20, "tanh"), new Dense(Classes, "sigmoid")], seed: 3);
            model.MayPlan = byPlan;
            Loss loss = name == "mine" ? new FunctionLoss("mine", (t, p) => (t - p).abs().mean([-1L])) : name;
            model.Compile("adam", loss);
            var y = NDArray.From(Numbers(64 * Classes, 5), [64, Classes]);
            History history = model.Fit(NDArray.From(Numbers(64 * Features, 4), [64, Features]), y, batchSize: 32, epochs: 3, verbose: 0);
            Assert.Equal(byPlan, model.StepWasPlanned);
            return history["loss"][^1];
        })];
        Assert.Equal(both[1], both[0], 1e-5);
    }

    [Fact]
    public void Sample_weights_images_and_graphs_are_planned_too()
    {
        RequireSupport();
        double[] both = [.. new[] { true, false }.Select(byPlan =>
        {
            var image = new Input([3, 4]);
            KerasTensor hidden = new Dense(10, "relu").Apply(new Flatten().Apply(image));
            using var model = new Functional(image, new Dense(Classes).Apply(hidden)) { Seed = 2, MayPlan = byPlan };
            model.Compile("adam", new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
            var x = NDArray.From(Numbers(50 * 12, 4), [50, 3, 4]);
            History history = model.Fit(x, Labels(50), batchSize: 16, epochs: 2, verbose: 0,
                sampleWeight: Numbers(50, 9).Select(Math.Abs).ToArray());
            Assert.Equal(byPlan, model.StepWasPlanned);
            return history["loss"][^1];
        })];
        Assert.Equal(both[1], both[0], 1e-5);
    }

    [Fact]
    public void A_step_is_planned_again_when_a_layer_is_frozen_and_not_while_something_prevents_it()
    {
        RequireSupport();
        using var model = new Sequential([new Input([Features]), new Dense(20, "relu"), new Dense(Classes, "softmax")], seed: 3);
        model.Compile("adam", "sparse_categorical_crossentropy");
        var x = NDArray.From(Numbers(8 * Features, 4), [8, Features]);
        model.TrainOnBatch(x, Labels(8));
        Assert.True(model.StepWasPlanned);

        float[] frozen = model.Weights[0].ToFloats(), free = model.Weights[2].ToFloats();
        model.Layers[0].Trainable = false;
        model.TrainOnBatch(x, Labels(8));
        Assert.True(model.StepWasPlanned);
        Assert.Equal(frozen, model.Weights[0].ToFloats());
        Assert.NotEqual(free, model.Weights[2].ToFloats());

        model.Layers[1].Recompute = true;
        model.TrainOnBatch(x, Labels(8));
        Assert.False(model.StepWasPlanned);
        model.Layers[1].Recompute = false;
        model.TrainOnBatch(x, Labels(8));
        Assert.True(model.StepWasPlanned);
    }

    [Fact]
    public void Millions_of_weights_are_planned_for_more_than_one_sample()
    {
        RequireSupport();
        const int Inputs = 2_100;
        using var model = new Sequential([new Input([Inputs]), new Dense(2_000, "relu"), new Dense(Classes)], seed: 3);
        model.Compile("sgd", new SparseCategoricalCrossentropy(fromLogits: true));
        foreach ((int samples, bool isPlanned) in new[] { (3, true), (1, false), (2, true) })
        {
            model.TrainOnBatch(NDArray.From(Numbers(samples * Inputs, 4), [samples, Inputs]), Labels(samples));
            Assert.Equal(isPlanned, model.StepWasPlanned);
        }
    }

    [Fact]
    public void Layers_that_no_plan_knows_run_as_before()
    {
        Layer[][] others =
        [
            [new Dense(4, "gelu"), new Dense(Classes)],
            [new Dense(4, new ActivationFunction("mine", x => x * x)), new Dense(Classes)],
            [new Dense(4), new LayerNormalization(), new Dense(Classes)],
            [new Dense(4, activityRegularizer: "l2"), new Dense(Classes)],
            [new Dense(4), new BatchNormalization { Trainable = false }, new Dense(Classes)],
            [new Dense(4, kernelRegularizer: "orthogonal_regularizer"), new Dense(Classes)],
        ];
        foreach (Layer[] layers in others)
        {
            using var model = new Sequential([new Input([Features]), .. layers], seed: 3);
            model.Compile("adam", new SparseCategoricalCrossentropy(fromLogits: true));
            model.TrainOnBatch(NDArray.From(Numbers(8 * Features, 4), [8, Features]), Labels(8));
            Assert.False(model.StepWasPlanned);
        }
    }

    [Fact]
    public void NaN_in_the_data_reaches_the_loss_and_the_weights()
    {
        RequireSupport();
        using var model = new Sequential([new Input([Features]), new Dense(20, "relu"), new Dropout(0.5), new Dense(Classes, "softmax")],
            seed: 3);
        model.Compile("adam", "sparse_categorical_crossentropy");
        float[] x = Numbers(8 * Features, 4);
        x[5] = float.NaN;
        Logs logs = model.TrainOnBatch(NDArray.From(x, [8, Features]), Labels(8));
        Assert.True(model.StepWasPlanned);
        Assert.True(double.IsNaN(logs["loss"]));
        Assert.All(model.Weights[3].ToFloats(), value => Assert.True(float.IsNaN(value)));
    }

    private static (double[] Losses, float[][] Weights) Run(Func<Layer[]> layers, bool byPlan, bool isProbability)
    {
        using Sequential model = Compiled(layers, byPlan, isProbability);

        // Batches of 24, 24 and 12.
        var x = NDArray.From(Numbers(60 * Features, 4), [60, Features]);
        History history = model.Fit(x, Labels(60), batchSize: 24, epochs: 3, verbose: 0, validationData: (x, Labels(60)));
        Assert.Equal(byPlan, model.StepWasPlanned);
        return ([.. history["loss"], .. history["accuracy"], .. history["val_loss"]],
            [.. model.Weights.Select(weight => weight.ToFloats())]);
    }

    private static Dictionary<string, float[]> Gradients(Func<Layer[]> layers, bool byPlan, bool isProbability)
    {
        using Sequential model = Compiled(layers, byPlan, isProbability);
        var found = new Dictionary<string, float[]>();
        model.Fit(NDArray.From(Numbers(40 * Features, 4), [40, Features]), Labels(40), batchSize: 40, verbose: 0,
            callbacks: [new Gather(found)]);
        Assert.Equal(byPlan, model.StepWasPlanned);
        return found;
    }

    private static Sequential Compiled(Func<Layer[]> layers, bool byPlan, bool isProbability)
    {
        var model = new Sequential([new Input([Features]), .. layers()], seed: 7) { MayPlan = byPlan };
        model.Compile("sgd", new SparseCategoricalCrossentropy(fromLogits: !isProbability), ["accuracy"]);
        return model;
    }

    internal static int[] Labels(int count) => [.. Enumerable.Range(0, count).Select(i => i * i % Classes)];

    internal static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static void RequireSupport() => Assert.SkipUnless(StepPlan.IsOn, "The processor lacks the instructions.");

    private sealed class Gather(Dictionary<string, float[]> found) : Callback
    {
        public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
        {
            foreach (Gradient gradient in gradients)
            {
                found[gradient.Weight.Path] = gradient.Value.data<float>().ToArray();
            }
        }
    }
}

/// <summary>The bits of a planned step do not depend on the number of threads.</summary>
[Collection(nameof(AloneCollection))]
public sealed class StepPlanThreadsTests : IDisposable
{
    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Assert.SkipUnless(StepPlan.IsOn, "The processor lacks the instructions.");
        float[][] one = Weights(1), two = Weights(2), three = Weights(3);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i], two[i]);
            Assert.Equal(one[i], three[i]);
        }
    }

    private static float[][] Weights(int threads)
    {
        set_num_threads(threads);
        using var model = new Sequential(
            [new Input([100]), new Dense(150, kernelRegularizer: "l2"), new BatchNormalization(), new Activation("relu"), new Dropout(0.2),
                new Dense(130, "tanh"), new Dense(10)],
            seed: 3);
        model.Compile("adam", new SparseCategoricalCrossentropy(fromLogits: true));
        model.Fit(NDArray.From(StepPlanTests.Numbers(512 * 100, 4), [512, 100]), StepPlanTests.Labels(512), batchSize: 256, epochs: 2,
            verbose: 0);
        Assert.True(model.StepWasPlanned);
        return [.. model.Weights.Select(weight => weight.ToFloats())];
    }
}
