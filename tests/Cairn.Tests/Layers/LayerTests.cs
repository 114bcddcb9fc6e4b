using Cairn.Callbacks;
using Cairn.Layers;
using TorchSharp;

namespace Cairn.Tests.Layers;

/// <summary>Layers with values computed by hand; convolution, pooling and batch normalization are also compared with Keras' runs.</summary>
public sealed class LayerTests
{
    [Fact]
    public void LeakyReLU_and_ReLU_follow_their_formulas()
    {
        float[] x = [-2, -0.5f, 0, 0.5f, 3, 7];

        Assert.Equal([-0.6f, -0.15f, 0, 0.5f, 3, 7], Run(new LeakyReLU(), x), Close);
        Assert.Equal([0f, 0, 0, 0.5f, 3, 7], Run(new ReLU(), x), Close);
        Assert.Equal([0f, 0, 0, 0.5f, 3, 6], Run(new ReLU(maxValue: 6), x), Close);

        // Below the threshold 1 with slope 0.1: 0.1 · (x - 1).
        Assert.Equal([-0.3f, -0.15f, -0.1f, -0.05f, 3, 6], Run(new ReLU(6, 0.1, 1), x), Close);
    }

    [Fact]
    public void Softmax_sums_to_one_along_its_axis()
    {
        // exp(0) : exp(ln 3) = 1 : 3.
        Assert.Equal([0.25f, 0.75f], Run(new Softmax(), [0, MathF.Log(3)]), Close);
    }

    [Fact]
    public void Rescaling_multiplies_and_adds() => Assert.Equal([-1f, 0, 1], Run(new Rescaling(1 / 127.5, -1), [0, 127.5f, 255]), Close);

    [Fact]
    public void Reshape_infers_the_unknown_axis_and_keeps_C_order()
    {
        using var model = new Sequential([new Input([6]), new Reshape([-1, 2])]);

        NDArray y = model.Predict(new float[,] { { 1, 2, 3, 4, 5, 6 } }, verbose: 0);

        Assert.Equal([1, 3, 2], y.Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], y.ToArray());
        Assert.Contains("reshaped to (4,)",
            Assert.Throws<ArgumentException>(() => new Sequential([new Input([6]), new Reshape([4])]).Build([1, 6])).Message);
    }

    [Fact]
    public void Same_padding_of_pooling_ignores_the_padding()
    {
        // A row of 3 with windows of 2: [1 2] and [3], since the odd element is added after and does not count.
        float[] row = [-1, -2, -3];
        Assert.Equal([-1f, -3], RunImage(new MaxPooling2D((1, 2), padding: "same"), row, 1, 3), Close);
        Assert.Equal([-1.5f, -3], RunImage(new AveragePooling2D((1, 2), padding: "same"), row, 1, 3), Close);
    }

    [Fact]
    public void GlobalAveragePooling2D_is_the_mean_of_each_channel() =>
        Assert.Equal([2.5f], RunImage(new GlobalAveragePooling2D(), [1, 2, 3, 4], 2, 2), Close);

    [Fact]
    public void Conv2D_with_same_padding_and_strides_adds_the_odd_element_at_the_end()
    {
        // Length 4, window 3, stride 2: outputs at 0 and 2, one element added after: sums 1+2+3 and 3+4+0 (TensorFlow's rule).
        Assert.Equal([6f, 7],
            RunImage(new Conv2D(1, (1, 3), strides: (1, 2), padding: "same", kernelInitializer: "ones"), [1, 2, 3, 4], 1, 4), Close);
    }

    [Fact]
    public void Channels_first_and_channels_last_agree()
    {
        float[] kernel = [.. Enumerable.Range(0, 2 * 2 * 3 * 2).Select(i => MathF.Sin(i))];
        float[,,,] last = new float[1, 4, 5, 3];
        float[,,,] first = new float[1, 3, 4, 5];
        for (int h = 0; h < 4; h++)
        {
            for (int w = 0; w < 5; w++)
            {
                for (int c = 0; c < 3; c++)
                {
                    last[0, h, w, c] = first[0, c, h, w] = MathF.Cos((h * 15) + (w * 3) + c);
                }
            }
        }

        using var a = new Sequential([new Conv2D(2, 2, useBias: false), new MaxPooling2D(2), new Flatten()]);
        using var b = new Sequential([
            new Conv2D(2, 2, dataFormat: DataFormat.ChannelsFirst, useBias: false),
            new MaxPooling2D(2, dataFormat: DataFormat.ChannelsFirst),
            new Flatten(DataFormat.ChannelsFirst)]);
        a.Build([Shape.None, 4, 5, 3]);
        b.Build([Shape.None, 3, 4, 5]);
        a.SetWeights([NDArray.From(kernel, [2, 2, 3, 2])]);
        b.SetWeights([NDArray.From(kernel, [2, 2, 3, 2])]);

        Assert.Equal(a.Predict(last, verbose: 0).ToArray(), b.Predict(first, verbose: 0).ToArray(), Close);
    }

    [Fact]
    public void BatchNormalization_uses_the_batch_in_training_and_its_averages_otherwise()
    {
        using var model =
            new Sequential([new Input([1]), new BatchNormalization(momentum: 0.5, epsilon: 0), new Dense(1, kernelInitializer: "ones")]);
        model.Compile(new Cairn.Optimizers.SGD(0.0), "mse");

        // Batch 1, 3: mean 2, biased variance 1. Averages: 0.5 · 0 + 0.5 · 2 = 1 and 0.5 · 1 + 0.5 · 1 = 1. Normalised: -1, 1.
        History history = model.Fit(new float[,] { { 1 }, { 3 } }, new float[,] { { 0 }, { 0 } }, verbose: 0);

        Assert.Equal(1, history["loss"][0], 1e-6);
        Assert.Equal([1f], model.Weights[2].ToNDArray().ToArray(), Close);
        Assert.Equal([1f], model.Weights[3].ToNDArray().ToArray(), Close);
        Assert.Equal([4f], model.Predict(new float[,] { { 5 } }, verbose: 0).ToArray(), Close);
    }

    [Fact]
    public void A_frozen_BatchNormalization_keeps_its_averages_and_its_weights()
    {
        var frozen = new BatchNormalization { Trainable = false };
        using var model = new Sequential([new Input([1]), frozen, new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");

        model.Fit(new float[,] { { 10 }, { 30 } }, new float[,] { { 0 }, { 0 } }, verbose: 0);

        Assert.Equal([1f, 0, 0, 1], frozen.Weights.SelectMany(w => w.ToNDArray().ToArray()));
    }

    [Fact]
    public void Dropout_drops_its_share_in_training_and_keeps_the_mean()
    {
        using var model = new Sequential([new Input([10_000]), new Dropout(0.3)], seed: 1);
        model.EnsureBuilt();
        using var context = new CallContext(training: true, 1, TorchSharp.torch.CPU);
        using DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        context.BeginStep(1);
        float[] y = model.Forward(TorchSharp.torch.ones(1, 10_000), context).data<float>().ToArray();

        // 10,000 draws of 0.3: standard deviation 0.0046 of the share, so 0.02 is over four of them.
        Assert.Equal(0.3, y.Count(v => v == 0) / 10_000.0, 0.02);
        Assert.All(y.Where(v => v != 0), v => Assert.Equal(1 / 0.7f, v, 1e-5f));

        float[] otherwise = model.Predict(NDArray.From(Enumerable.Repeat(1f, 10_000).ToArray(), [1, 10_000]), verbose: 0).ToArray();
        Assert.All(otherwise, v => Assert.Equal(1, v));
    }

    [Fact]
    public void Regularizers_are_paid_in_the_loss_of_training_and_of_evaluation()
    {
        // One weight 1 (ones) and input 2: output 2, target 2. l2 = 0.5: 0.5 · 1² = 0.5; l1 on the output: 0.25 · 2 = 0.5 a sample.
        using var model = new Sequential([new Input([1]), new Dense(
            1, useBias: false, kernelInitializer: "ones", kernelRegularizer: new Cairn.Regularizers.L2(0.5),
            activityRegularizer: new Cairn.Regularizers.L1(0.25))]);
        model.Compile(new Cairn.Optimizers.SGD(0.0), "mse");
        float[,] x = new float[,] { { 2 }, { 2 } };

        Assert.Equal(1, model.Evaluate(x, x, verbose: 0)["loss"], 1e-6);
        Assert.Equal(1, model.Fit(x, x, verbose: 0)["loss"][0], 1e-6);
    }

    [Theory]
    [InlineData("relu", 0.5, 0.5)]
    [InlineData("sigmoid", 0.5, 0.62245933)]
    [InlineData("tanh", 0.5, 0.46211716)]
    [InlineData("elu", -1, -0.63212056)]
    [InlineData("selu", -1, -1.1113307)]
    [InlineData("softplus", 0.5, 0.97407698)]
    [InlineData("softsign", -3, -0.75)]
    [InlineData("silu", 1, 0.73105858)]
    [InlineData("swish", 1, 0.73105858)]
    [InlineData("gelu", 1, 0.84134475)]
    [InlineData("leaky_relu", -1, -0.2)]
    [InlineData("relu6", 8, 6)]
    [InlineData("hard_sigmoid", 1, 0.66666667)]
    [InlineData("hard_silu", 1, 0.66666667)]
    [InlineData("mish", 1, 0.86509839)]
    [InlineData("exponential", 1, 2.7182818)]
    [InlineData("log_sigmoid", 0.5, -0.47407698)]
    [InlineData("hard_tanh", 3, 1)]
    [InlineData("tanh_shrink", 0.5, 0.03788284)]
    [InlineData("soft_shrink", 2, 1.5)]
    [InlineData("hard_shrink", 0.25, 0)]
    [InlineData("celu", -1, -0.63212056)]
    [InlineData("linear", -4, -4)]
    public void Activations_have_the_values_of_their_formulas(string name, double x, double expected) =>
        Assert.Equal(expected, Run(new Activation(name), [(float)x])[0], 2e-6);

    [Fact]
    public void Gradients_agree_with_differences()
    {
        // Every layer with a computation, in one network; the loss is smooth except at kinks, which the values avoid.
        using var model = new Sequential(
            [
                new Input([5, 5, 2]), new Rescaling(0.7, 0.1), new Conv2D(3, 3, padding: "same", activation: "tanh"),
                new BatchNormalization(), new LeakyReLU(0.2),
                new AveragePooling2D(2, padding: "same"), new Conv2D(2, 2, activation: "softplus"),
                new MaxPooling2D(2, strides: 1, padding: "same"),
                new Reshape([4, 2]), new Flatten(), new Dense(4, activation: "sigmoid", kernelRegularizer: "l2"), new Dense(3),
                new Softmax(),
            ],
            seed: 12);
        GradientsAgree(model, TorchSharp.torch.arange(4 * 50, TorchSharp.torch.ScalarType.Float32).mul(1.3f).sin().reshape(4, 5, 5, 2));
    }

    [Fact]
    public void Gradients_of_normalisation_embedding_and_learned_slopes_agree_with_differences()
    {
        // A slope of 1 has no kink at zero, but still a gradient.
        using var model = new Sequential(
            [
                new Input([3]), new Embedding(5, 4, new Cairn.Initializers.RandomNormal(stddev: 1)), new LayerNormalization(1),
                new Permute([2, 1]),
                new PReLU("ones", sharedAxes: 1), new LayerNormalization([1, 2]), new UnitNormalization(), new Flatten(), new ELU(),
                new Dense(3), new RepeatVector(2), new Flatten(), new Dense(3), new Softmax(),
            ],
            seed: 12);
        GradientsAgree(model, TorchSharp.torch.arange(12, TorchSharp.torch.ScalarType.Float32).remainder(5).reshape(4, 3));
    }

    private static void GradientsAgree(Model model, TorchSharp.torch.Tensor x)
    {
        model.EnsureBuilt();
        using DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        using var context = new CallContext(training: true, 1, TorchSharp.torch.CPU);
        TorchSharp.torch.Tensor y = TorchSharp.torch.tensor(new long[] { 0, 2, 1, 0 });
        var objective = new Cairn.Training.Objective("sparse_categorical_crossentropy", model);
        double Loss()
        {
            context.BeginStep(0);
            using DisposeScope inner = TorchSharp.torch.NewDisposeScope();
            return objective.Compute(y, model.Forward(x, context), null, context).item<float>();
        }

        foreach (Variable variable in model.TrainableWeights)
        {
            variable.Value.requires_grad_(true);
        }

        context.BeginStep(0);
        objective.Compute(y, model.Forward(x, context), null, context).backward();
        foreach (Variable variable in model.TrainableWeights)
        {
            float[] gradient = variable.Value.grad!.contiguous().data<float>().ToArray();
            float[] numbers = variable.ToFloats();
            foreach (int i in new[] { 0, numbers.Length / 2, numbers.Length - 1 })
            {
                double Shifted(float by)
                {
                    float[] changed = [.. numbers];
                    changed[i] += by;
                    variable.Assign(NDArray.From(changed, variable.Shape));
                    return Loss();
                }

                // Central differences at 0.01 in float32: an error of about 1e-5 / 0.02 from rounding and 1e-4 from curvature.
                double slope = (Shifted(0.01f) - Shifted(-0.01f)) / 0.02;
                Assert.Equal(slope, gradient[i], 2e-3);
            }

            variable.Assign(NDArray.From(numbers, variable.Shape));
        }
    }

    private static float[] Run(Layer layer, float[] row)
    {
        using var model = new Sequential([new Input([row.Length]), layer]);
        return model.Predict(NDArray.From(row, [1, row.Length]), verbose: 0).ToArray();
    }

    private static float[] RunImage(Layer layer, float[] pixels, int height, int width)
    {
        using var model = new Sequential([new Input([height, width, 1]), layer]);
        return model.Predict(NDArray.From(pixels, [1, height, width, 1]), verbose: 0).ToArray();
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f;
}
