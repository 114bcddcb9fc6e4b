using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using Cairn.Training.Plan;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Training.Plan;

/// <summary>Steps by a plan of images, sequences and graphs compute what the layers compute.</summary>
public sealed class GraphPlanTests
{
    private const int Classes = 5;

    public static TheoryData<string> Kinds => [.. Models.Keys];

    internal static Dictionary<string, Func<Model>> Models { get; } = new()
    {
        ["convolutions alone"] = () => OfImages(new Conv2D(4, 3, activation: "relu"), new Conv2D(3, 3, strides: 2), new Flatten(),
            new Dense(Classes)),
        ["activations after convolutions"] = () => OfImages(new Conv2D(4, 3, activation: "tanh"), new Conv2D(5, 2, activation: "sigmoid"),
            new Activation("relu"), new Activation("tanh"), new Flatten(), new Dense(Classes)),
        ["pooling and dropout"] = () => OfImages(new Conv2D(32, 3, padding: "same", activation: "relu"), new MaxPooling2D(2),
            new Conv2D(7, 3, activation: "relu"), new Dropout(0.2), new AveragePooling2D(2), new Flatten(), new Dropout(0.5),
            new Dense(20, "relu"), new Dense(Classes)),
        ["dropout of an image"] = () => OfImages(new Dropout(0.1), new Conv2D(4, 3), new Dropout(0.3), new Activation("relu"),
            new Dropout(0.3), new Flatten(), new Dense(Classes)),
        ["transposed"] = () => OfImages(new Conv2D(4, 3, strides: 2, activation: "relu"),
            new Conv2DTranspose(3, 2, strides: 2, activation: "relu"), new Flatten(), new Dense(Classes)),
        ["normalized"] = () => OfImages(new Conv2D(16, 3, useBias: false), new BatchNormalization(), new Activation("relu"),
            new Conv2D(5, 3), new BatchNormalization(scale: false), new Flatten(), new Dense(Classes)),
        ["normalized and added"] = () => OfImages(new BatchNormalization(), Residual([8, 8, 3]), new BatchNormalization()),
        ["normalized sequences"] = () => OfImages(new Reshape([48, 4]), new Dense(9), new BatchNormalization(momentum: 0.5), new ReLU(),
            new Conv1D(3, 3), new Flatten(), new Dense(Classes)),
        ["global pooling"] = () => OfImages(new Conv2D(12, 3, activation: "relu"), new GlobalMaxPooling2D(), new Dense(Classes)),
        ["one dimension"] = () => OfImages(new Reshape([16, 12]), new Conv1D(16, 5, activation: "relu"), new MaxPooling1D(2),
            new Conv1D(8, 3, dilationRate: 2, activation: "relu"), new GlobalAveragePooling1D(), new Dense(Classes)),
        ["a layer of another kind within"] = () => OfImages(new Conv2D(6, 3, activation: "relu"), new LayerNormalization(),
            new Conv2D(6, 3, activation: "gelu"), new Flatten(), new Dense(24, "gelu"), new Dense(Classes)),
        ["a recurrent layer"] = () => OfImages(new Reshape([16, 12]), new Conv1D(8, 3, activation: "relu"), new LSTM(6),
            new Dense(Classes)),
        ["a frozen convolution"] = () => OfImages(new Conv2D(6, 3, activation: "relu") { Trainable = false },
            new Conv2D(6, 3, activation: "relu"), new Flatten(), new Dense(Classes)),
        ["frozen in the middle"] = () => OfImages(new Conv2D(6, 3, activation: "relu"), new BatchNormalization { Trainable = false },
            new Conv2D(6, 3, activation: "relu") { Trainable = false }, new Flatten(), new Dense(Classes) { Trainable = false }),
        ["penalties"] = () => OfImages(new Conv2D(6, 3, kernelRegularizer: "l2"), new BatchNormalization(gammaRegularizer: "l2"),
            new Flatten(), new Dense(Classes, kernelRegularizer: "l2")),
        ["a model within"] = () => OfImages(new Sequential([new Conv2D(6, 3, activation: "relu"), new Conv2D(3, 3)]), Residual([4, 4, 3]),
            new Flatten(), new Dense(Classes)),
        ["residual"] = () => Residual([8, 8, 3]),
        ["sums of many"] = ManySums,
        ["a graph of vectors"] = Vectors,
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_run_by_plan_is_a_run_by_layers_but_for_rounding(string kind)
    {
        RequireSupport();
        (double[] planned, float[][] weights) = Run(kind, byPlan: true);
        (double[] plain, float[][] expected) = Run(kind, byPlan: false);
        Assert.Equal(plain, planned, (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], weights[i], (a, b) => Math.Abs(a - b) <= 2e-5f * Math.Max(1, Math.Abs(a)));
        }
    }

    [Fact]
    public void Convolutions_and_sums_have_the_same_bits_with_and_without_a_plan()
    {
        RequireSupport();
        float[][][] both = [.. new[] { true, false }.Select(byPlan =>
        {
            var image = new Input([8, 8, 3]);
            KerasTensor x = new Conv2D(6, 3, padding: "same", activation: "relu").Apply(image);
            KerasTensor sum = new Activation("relu").Apply(new Add().Apply(new Conv2D(6, 3, padding: "same").Apply(x), x));
            KerasTensor y = new Flatten().Apply(new Dropout(0.2).Apply(new Conv2D(1, 3, strides: 2).Apply(sum)));
            using var model = new Functional(image, y, seed: 3) { MayPlan = byPlan };
            model.Compile(new Adam(), "mse");
            model.Fit(Images(64), NDArray.From(StepPlanTests.Numbers(64 * 9, 5), [64, 9]), batchSize: 24, epochs: 3, verbose: 0);
            Assert.Equal(byPlan, model.StepWasPlanned);
            return model.Weights.Select(weight => weight.ToFloats()).ToArray();
        })];
        Assert.Equal(both[1], both[0]);
    }

    [Fact]
    public void Batches_may_grow_and_a_step_after_a_failed_one_is_right()
    {
        RequireSupport();
        float[][] weights = [.. new[] { true, false }.Select(byPlan =>
        {
            using Model model = Compiled(Residual([8, 8, 3]), byPlan);
            foreach (int count in new[] { 3, 40, 1, 41 })
            {
                model.TrainOnBatch(Images(count), StepPlanTests.Labels(count));
                Assert.Equal(byPlan, model.StepWasPlanned);
            }

            // Labels that are no classes fail after the forward pass.
            Assert.ThrowsAny<Exception>(() => model.TrainOnBatch(Images(2), new[] { 0, 700 }));
            model.TrainOnBatch(Images(8), StepPlanTests.Labels(8));
            return model.Weights.SelectMany(weight => weight.ToFloats()).ToArray();
        })];
        Assert.Equal(weights[1], weights[0], (a, b) => Math.Abs(a - b) <= 2e-5f * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Two_inputs_and_shared_layers_give_what_the_layers_give()
    {
        RequireSupport();
        foreach (bool isShared in new[] { false, true })
        {
            float[][] weights = [.. new[] { true, false }.Select(byPlan =>
            {
                (Input left, Input right) = (new Input([8, 8, 3]), new Input([8, 8, 3]));
                var first = new Conv2D(6, 3, activation: "relu");
                Conv2D second = isShared ? first : new Conv2D(6, 3, activation: "relu");
                KerasTensor joined = new Concatenate().Apply(first.Apply(left), second.Apply(right));
                KerasTensor y = new Dense(Classes).Apply(new Flatten().Apply(new Conv2D(4, 3).Apply(joined)));
                using var model = new Functional([left, right], y, seed: 3) { MayPlan = byPlan };
                model.Compile("adam", new SparseCategoricalCrossentropy(fromLogits: true));
                NDArrays pair = [Images(40), Images(40)];
                model.Fit(pair, StepPlanTests.Labels(40), batchSize: 16, epochs: 2, verbose: 0);

                // A weight with several uses needs the sum of their gradients.
                Assert.Equal(byPlan && !isShared, model.StepWasPlanned);
                return model.Weights.SelectMany(weight => weight.ToFloats()).ToArray();
            })];
            Assert.Equal(weights[1], weights[0], (a, b) => Math.Abs(a - b) <= 2e-5f * Math.Max(1, Math.Abs(a)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_of_integers_are_trained_to_the_same_bits(bool isFrozen)
    {
        RequireSupport();
        float[][] weights = [.. new[] { true, false }.Select(byPlan =>
        {
            using var model = new Sequential(
                [new Input([6], dtype: "int32"), new Embedding(20, 7) { Trainable = !isFrozen }, new Conv1D(8, 3, activation: "relu"),
                    new Flatten(), new Dropout(0.2)], seed: 3) { MayPlan = byPlan };
            model.Compile("adam", "mse");
            int[,] x = new int[30, 6];
            for (int i = 0; i < 180; i++)
            {
                x[i / 6, i % 6] = (i * i % 40) - 20;
            }

            model.Fit(x, NDArray.From(StepPlanTests.Numbers(30 * 32, 5), [30, 32]), batchSize: 8, epochs: 3, verbose: 0);
            Assert.Equal(byPlan, model.StepWasPlanned);
            return model.Weights.SelectMany(weight => weight.ToFloats()).ToArray();
        })];
        Assert.Equal(weights[1], weights[0]);
    }

    [Fact]
    public void An_integer_without_a_vector_is_explained_as_without_a_plan()
    {
        RequireSupport();
        string[] messages = [.. new[] { true, false }.Select(byPlan =>
        {
            using var model = new Sequential(
                [new Input([6], dtype: "int32"), new Embedding(20, 7), new GlobalAveragePooling1D(), new Dense(Classes)], seed: 3);
            model.MayPlan = byPlan;
            model.Compile("adam", new SparseCategoricalCrossentropy(fromLogits: true));
            model.TrainOnBatch(new int[2, 6], StepPlanTests.Labels(2));
            Assert.Equal(byPlan, model.StepWasPlanned);
            int[,] wrong = { { 0, 1, 2, 3, 4, 20 } };
            return Assert.ThrowsAny<Exception>(() => model.TrainOnBatch(wrong, StepPlanTests.Labels(1))).ToString()
                .Split(Environment.NewLine)[0];
        })];
        Assert.Equal(messages[1], messages[0]);
    }

    [Fact]
    public void No_tensor_of_a_planned_step_is_left_to_the_finalizer()
    {
        RequireSupport();
        using Model model = Compiled(Models["a layer of another kind within"](), byPlan: true);
        model.Fit(Images(32), StepPlanTests.Labels(32), batchSize: 4, verbose: 0);
        long before = Alive();
        model.Fit(Images(32), StepPlanTests.Labels(32), batchSize: 4, epochs: 3, verbose: 0);
        Assert.True(model.StepWasPlanned);
        Assert.Equal(before, Alive());
    }

    internal static Functional Residual(Shape sample)
    {
        var image = new Input(sample);
        KerasTensor x = new Activation("relu").Apply(Normalized(image, 16, 3, 1));
        KerasTensor body = new Activation("relu").Apply(Normalized(x, 16, 3, 1));
        x = new Activation("relu").Apply(new Add().Apply(Normalized(body, 16, 3, 1), x));
        body = new Activation("relu").Apply(Normalized(x, 24, 3, 2));
        x = new Activation("relu").Apply(new Add().Apply(Normalized(body, 24, 3, 1), Normalized(x, 24, 1, 2)));
        return new Functional(image, new Dense(Classes).Apply(new GlobalAveragePooling2D().Apply(x)));
    }

    internal static Model Compiled(Model model, bool byPlan)
    {
        (model.Seed, model.MayPlan) = (7, byPlan);
        model.Compile(new Adam(epsilon: 1e-3), new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        return model;
    }

    internal static NDArray Images(int count) => NDArray.From(StepPlanTests.Numbers(count * 8 * 8 * 3, 4), [count, 8, 8, 3]);

    private static KerasTensor Normalized(KerasTensor x, int filters, int kernel, int stride) =>
        new BatchNormalization().Apply(new Conv2D(filters, kernel, strides: stride, padding: "same").Apply(x));

    private static Sequential OfImages(params Layer[] layers) => new([new Input([8, 8, 3]), .. layers]);

    // Values with several readers, which are added in place where nothing else reads them.
    private static Functional ManySums()
    {
        var image = new Input([8, 8, 3]);
        KerasTensor a = new Conv2D(6, 3).Apply(image), b = new Conv2D(6, 3, activation: "relu").Apply(image);
        KerasTensor c = new Add().Apply([a, b, a]), d = new Add().Apply(c, new Activation("tanh").Apply(c));
        KerasTensor e = new Concatenate().Apply([d, c, b]), f = new Activation("relu").Apply(new Identity().Apply(e));
        return new Functional(image, new Dense(Classes).Apply(new Flatten().Apply(new Add().Apply(f, new Dropout(0.5).Apply(e)))));
    }

    private static Functional Vectors()
    {
        var image = new Input([8, 8, 3]);
        KerasTensor features = new Flatten().Apply(image);
        KerasTensor deep = new Dropout(0.2).Apply(new Dense(19, "relu").Apply(new Dense(33, "relu").Apply(features)));
        KerasTensor wide = new Dropout(0.2).Apply(new BatchNormalization().Apply(new Dense(7).Apply(features)));
        return new Functional(image, new Dense(Classes).Apply(new Concatenate().Apply([features, deep, wide])));
    }

    private static (double[] Losses, float[][] Weights) Run(string kind, bool byPlan)
    {
        using Model model = Compiled(Models[kind](), byPlan);

        // Batches of 24, 24 and 12.
        History history = model.Fit(Images(60), StepPlanTests.Labels(60), batchSize: 24, epochs: 3, verbose: 0,
            validationData: (Images(60), StepPlanTests.Labels(60)));
        Assert.Equal(byPlan, model.StepWasPlanned);
        return ([.. history["loss"], .. history["accuracy"], .. history["val_loss"]],
            [.. model.Weights.Select(weight => weight.ToFloats())]);
    }

    private static long Alive() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static void RequireSupport() => Assert.SkipUnless(StepPlan.IsOn, "The processor lacks the instructions.");
}
