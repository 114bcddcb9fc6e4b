using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Training.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Training.Inference;

public sealed class InferencePlanTests
{
    // In half units of the last place of the greatest output, or of 1: sums of up to 300 products of numbers around 1 in another order,
    // whose rounding errors normalization may enlarge, since it divides by deviations below 1.
    private const double Closeness = 256 * 6e-8;

    private static readonly string[] Functions =
        ["linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "silu", "softsign", "softmax", "log_softmax"];

    private static readonly int[] BatchSizes = [1, 2, 3, 7, 8, 12, 16, 33, 200];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_random_model_gives_what_its_layers_give_and_a_row_has_the_same_bits_in_every_batch(int seed)
    {
        Assert.SkipUnless(RowProduct.IsSupported, "The processor lacks the instructions.");
        var random = new Random(seed);
        using Model model = seed % 2 == 0 ? Chain(random) : Graph(random);
        Randomize(model, random);
        Assert.NotNull(model.InferencePlan);
        float[] numbers = Numbers(random, 200 * (int)model.InputShape![1..].ElementCount);
        var all = NDArray.From(numbers, model.InputShape[1..].WithBatch(200));
        float[] expected = Plainly(() => model.Predict(all, 32, verbose: 0).ToArray());
        float[] planned = model.Predict(all, verbose: 0).ToArray();
        AssertClose(expected, planned);
        int length = planned.Length / 200, size = numbers.Length / 200;
        foreach (int rows in BatchSizes)
        {
            int first = random.Next(201 - rows);
            var some = NDArray.From(numbers.AsSpan(first * size, rows * size).ToArray(), model.InputShape[1..].WithBatch(rows));
            Assert.Equal(planned.AsSpan(first * length, rows * length), model.PredictOnBatch(some).ToArray().AsSpan());
        }

        // The way over tensors, which a callback needs.
        Assert.Equal(planned, model.Predict(all, 13, verbose: 0, callbacks: [new LambdaCallback()]).ToArray());
    }

    [Fact]
    public void A_product_is_that_of_doubles_rounded_once_or_so_for_all_sizes_of_tiles()
    {
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            int rows = random.Next(1, 40), depth = random.Next(1, i % 10 == 0 ? 1500 : 130);
            int columns = random.Next(1, i % 3 == 0 ? 300 : 40);
            using var model = new Sequential([new Input([depth]), new Dense(columns, useBias: false)], seed: i);
            float[] x = Numbers(random, rows * depth);
            float[] y = model.PredictOnBatch(NDArray.From(x, [rows, depth])).ToArray();
            float[] kernel = model.Weights[0].ToNDArray().ToArray();
            for (int at = 0; at < y.Length; at++)
            {
                double sum = 0, size = 0;
                for (int k = 0; k < depth; k++)
                {
                    double product = (double)x[(at / columns * depth) + k] * kernel[(k * columns) + (at % columns)];
                    (sum, size) = (sum + product, size + Math.Abs(product));
                }

                Assert.True(Math.Abs(sum - y[at]) <= size * (Math.Sqrt(depth) + 2) * 6e-8,
                    $"{rows} {depth} {columns} at {at}: {sum} {y[at]}");
            }
        }
    }

    [Fact]
    public void Every_change_of_a_weight_is_seen()
    {
        using Sequential model = Small();
        var x = NDArray.From(Numbers(new Random(1), 40), [5, 8]);
        float[] before = model.PredictOnBatch(x).ToArray();
        Check(() => model.SetWeights(
            [.. model.GetWeights().Select(w => NDArray.From(Array.ConvertAll(w.ToArray(), v => v * 2), w.Shape))]));
        Check(() =>
        {
            using IDisposable _ = no_grad();
            model.Weights[0].Value.add_(0.5f);
        });
        Check(() => model.Weights[1].Value.bytes[3] ^= 0x40);
        Check(() => model.Fit(x, new float[5, 3], epochs: 1, verbose: 0));
        string file = Path.Combine(Directory.CreateTempSubdirectory("cairn-plan-").FullName, "w.weights.h5");
        using (Sequential other = Small(seed: 9))
        {
            other.SaveWeights(file);
        }

        Check(() => model.LoadWeights(file));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        void Check(Action change)
        {
            change();
            float[] after = model.PredictOnBatch(x).ToArray();
            Assert.NotEqual(before, after);
            AssertClose(Plainly(() => model.PredictOnBatch(x).ToArray()), after);
            before = after;
        }
    }

    [Fact]
    public void Every_change_of_the_layers_is_seen()
    {
        using Sequential model = Small();
        var x = NDArray.From(Numbers(new Random(1), 40), [5, 8]);
        model.PredictOnBatch(x);
        model.Add(new Dense(2, activation: "tanh"));
        Assert.Equal([5, 2], model.PredictOnBatch(x).Shape);
        AssertClose(Plainly(() => model.PredictOnBatch(x).ToArray()), model.PredictOnBatch(x).ToArray());
        model.Pop().Dispose();
        AssertClose(Plainly(() => model.PredictOnBatch(x).ToArray()), model.PredictOnBatch(x).ToArray());
        ((Dense)model.Layers[0]).EnableLora(2, bInitializer: "ones");
        Assert.Null(model.InferencePlan);
        model.Layers[2].DTypePolicy = "mixed_bfloat16";
        Assert.Null(model.InferencePlan);

        // A model in a model.
        using Sequential inner = [new Input([8]), new Dense(4)];
        using Sequential outer = [new Input([8]), inner];
        outer.PredictOnBatch(x);
        inner.Add(new Rescaling(0));
        Assert.All(outer.PredictOnBatch(x).ToArray(), y => Assert.Equal(0, y));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Models_with_other_layers_have_no_plan(string why, Func<Model> create)
    {
        using Model model = create();
        model.Build(model.Inputs.Select(input => input.Shape));
        Assert.True(model.InferencePlan is null, why);
    }

    [Fact]
    public void Evaluations_and_validations_use_the_plan_and_agree()
    {
        using Sequential model = Small();
        NDArray x = NDArray.From(Numbers(new Random(1), 800), [100, 8]), y = NDArray.From(Numbers(new Random(2), 300), [100, 3]);
        double planned = model.Evaluate(x, y, verbose: 0)["loss"];
        Assert.Equal(Plainly(() => model.Evaluate(x, y, verbose: 0)["loss"]), planned, 1e-5);
        Assert.Equal(planned, model.Evaluate(x, y, verbose: 0)["loss"]);
        Assert.Equal(planned, model.Evaluate(x, y, verbose: 0, callbacks: [new LambdaCallback()])["loss"]);
    }

    [Fact]
    public void Inputs_of_other_shapes_are_refused_as_ever()
    {
        using Sequential model = Small();
        Assert.Throws<ArgumentException>(() => model.PredictOnBatch(new float[2, 7]));
        Assert.Throws<ArgumentException>(() => model.PredictOnBatch(new float[0, 8]));
        Assert.Throws<ArgumentException>(() => model.PredictOnBatch(new float[8]));
        AssertClose(model.PredictOnBatch(new float[2, 8]).ToArray(), model.PredictOnBatch(new double[2, 8]).ToArray());
        Assert.Throws<OperationCanceledException>(() => model.Predict(new float[2, 8], verbose: 0,
            cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Several_threads_predict_at_the_same_time()
    {
        using Sequential model = Small();
        var random = new Random(3);
        NDArray[] x = [.. Enumerable.Range(1, 16).Select(rows => NDArray.From(Numbers(random, rows * 8), [rows, 8]))];
        float[][] expected = [.. x.Select(rows => model.PredictOnBatch(rows).ToArray())];
        Parallel.For(0, 400, i => Assert.Equal(expected[i % 16], model.PredictOnBatch(x[i % 16]).ToArray()));
    }

    [Fact]
    public void A_row_in_a_prediction_on_several_threads_has_the_bits_of_one_thread()
    {
        using Sequential model = [new Input([300]), new Dense(257, activation: "relu"), new Dense(5, activation: "softmax")];
        var x = NDArray.From(Numbers(new Random(3), 300_000), [1000, 300]);
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        int before = get_num_threads();
        set_num_threads(2);
        try
        {
            Assert.Equal(expected, model.Predict(x, verbose: 0).ToArray());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void A_call_without_gradients_uses_the_plan_and_one_with_them_does_not()
    {
        using Sequential model = Small();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(Numbers(new Random(1), 40)).reshape(5, 8);
        Tensor recorded = model.Call(x);
        Assert.True(recorded.requires_grad);
        using IDisposable _ = no_grad();
        Tensor plain = model.Call(x);
        Assert.Equal(model.PredictOnBatch(x).ToArray(), new NDArrayOf(plain).Numbers);
        AssertClose(new NDArrayOf(recorded).Numbers, new NDArrayOf(plain).Numbers);
    }

    [Fact]
    public void NaN_and_infinity_pass_as_in_libtorch()
    {
        using Sequential model = [new Input([1]), new ReLU(), new LeakyReLU(), new Activation("sigmoid")];
        float[,] x = new float[,] { { float.NaN }, { float.PositiveInfinity }, { float.NegativeInfinity }, { -0f } };
        Assert.Equal([float.NaN, 1, 0.5f, 0.5f], model.PredictOnBatch(x).ToArray());
    }

    [Fact]
    public void A_single_row_costs_little_managed_memory()
    {
        Assert.SkipUnless(RowProduct.IsSupported, "The processor lacks the instructions.");
        using Sequential model = Small();
        float[,] row = new float[1, 8];
        for (int i = 0; i < 50; i++)
        {
            model.PredictOnBatch(row);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            model.PredictOnBatch(row);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 1_500);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    public static TheoryData<string, Func<Model>> Others => new()
    {
        { "convolution in groups", () => new Sequential([new Input([8, 8, 2]), new Conv2D(2, 3, groups: 2), new Flatten()]) },
        {
            "channels first",
            () => new Sequential([new Input([1, 8, 8]), new Conv2D(2, 3, dataFormat: DataFormat.ChannelsFirst), new Flatten()])
        },
        { "mask", () => new Sequential([new Input([4, 3]), new Masking(), new Dense(2)]) },
        { "loss in a layer", () => new Sequential([new Input([3]), new Dense(2, activityRegularizer: "l2")]) },
        { "unknown size", () => new Sequential([new Input([null, 3]), new Dense(2)]) },
        { "fixed batch", () => new Sequential([new Input([3], batchSize: 4), new Dense(2)]) },
        { "other function", () => new Sequential([new Input([3]), new Dense(2, activation: "gelu")]) },
        { "own function", () => new Sequential([new Input([3]), new Dense(2, new Cairn.Activations.ActivationFunction("mine", t => t))]) },
        {
            "always in training", () =>
            {
                var input = new Input([3]);
                return new Functional(input, new Dropout(0.5).Apply(input, training: true));
            }
        },
        {
            "overridden function", () =>
            {
                var input = new Input([3]);
                return new Own(input, new Dense(2).Apply(input));
            }
        },
    };

    private static T Plainly<T>(Func<T> compute)
    {
        Model.isPlanningOff = true;
        try
        {
            return compute();
        }
        finally
        {
            Model.isPlanningOff = false;
        }
    }

    private static Sequential Small(int seed = 4)
    {
        var model = new Sequential(
            [new Input([8]), new Dense(20, activation: "relu"), new Dropout(0.3), new Dense(3, activation: "softmax")], seed: seed);
        model.Compile(new SGD(0.1), "mse");
        return model;
    }

    private static Sequential Chain(Random random)
    {
        var model = new Sequential(seed: random.Next()) { new Input([random.Next(1, 40), random.Next(1, 12)]) };
        if (random.Next(2) == 0)
        {
            model.Add(new Rescaling(0.5, 0.1));
        }

        if (random.Next(3) > 0)
        {
            model.Add(new Flatten());
        }

        for (int i = random.Next(1, 6); i > 0; i--)
        {
            model.Add(Any(random));
        }

        model.Add(new Dense(random.Next(1, 70), Function(random)));
        return model;
    }

    private static Functional Graph(Random random)
    {
        var input = new Input([random.Next(2, 300)]);
        var shared = new Dense(24, Function(random));
        KerasTensor left = shared.Apply(new Dense(17, "relu").Apply(input));
        KerasTensor right = Any(random).Apply(input);
        right = shared.Apply(new Dense(17).Apply(right));
        KerasTensor merged = random.Next(4) switch
        {
            0 => new Add().Apply(left, right),
            1 => new Multiply().Apply(left, right),
            2 => new Subtract().Apply(left, right),
            _ => new Average().Apply(left, right, left),
        };
        KerasTensor both = new Concatenate().Apply(left, merged, new Dense(3).Apply(right));
        return new Functional(input, new Dense(random.Next(1, 40), Function(random)).Apply(Any(random).Apply(both)), seed: random.Next());
    }

    private static Layer Any(Random random) => random.Next(12) switch
    {
        0 => new BatchNormalization(),
        1 => new LayerNormalization(),
        2 => new Dropout(0.4),
        3 => new ReLU(maxValue: 0.8),
        4 => new LeakyReLU(),
        5 => new Softmax(),
        6 => new Normalization(),
        7 => new Activation(Function(random)),
        8 => new Sequential([new Dense(random.Next(1, 90), Function(random)), new GaussianNoise(0.1)]),
        9 => new ReLU(negativeSlope: 0.2),
        _ => new Dense(random.Next(1, 300), Function(random), useBias: random.Next(3) > 0),
    };

    private static string Function(Random random) => Functions[random.Next(Functions.Length)];

    // Also the statistics, which are 0 and 1 at first.
    private static void Randomize(Model model, Random random) => model.SetWeights([.. model.GetWeights().Select((weight, i) =>
        NDArray.From(Array.ConvertAll(weight.ToArray(), v => model.Weights[i].Name.Contains("variance", StringComparison.Ordinal)
            ? 0.5f + random.NextSingle() : v + ((random.NextSingle() - 0.5f) * 0.2f)), weight.Shape))]);

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Closeness * scale, $"at {i}: {expected[i]} and {actual[i]}");
        }
    }

    private sealed record NDArrayOf(Tensor Tensor)
    {
        public float[] Numbers => Tensor.detach().data<float>().ToArray();
    }

    private sealed class Own(KerasTensor input, KerasTensor output) : Functional(input, output)
    {
        protected override Tensor[] Call(Tensor[] inputs, CallContext context) => base.Call(inputs, context);
    }
}
