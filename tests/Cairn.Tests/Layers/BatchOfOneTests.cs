using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>
/// Batches of a single sample, and layers that are called twice in a step: no tensor saved by autograd is changed in place.
/// </summary>
public sealed class BatchOfOneTests
{
    [Fact]
    public void BatchNormalization_of_one_number_a_channel_has_the_variance_0()
    {
        using var model = new Sequential([new Input([2]), new BatchNormalization(), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");
        model.EnsureBuilt();

        // moving = moving · 0.99 + batch · 0.01, with the batch's mean x and variance 0. x - mean is 0, so that only beta reaches the head.
        model.TrainOnBatch(new float[,] { { 3, -5 } }, new float[,] { { 1 } });

        Assert.Equal([0.03f, -0.05f], Weight(model, "moving_mean"), (a, b) => MathF.Abs(a - b) < 1e-7f);
        Assert.Equal([0.99f, 0.99f], Weight(model, "moving_variance"));
        Assert.Equal([1f, 1f], Weight(model, "gamma"));
        Assert.NotEqual([0f, 0f], Weight(model, "beta"));
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(5, 4)]
    [InlineData(3, 1)]
    public void Fit_takes_a_last_batch_of_one_sample(int samples, int batchSize)
    {
        using var model = new Sequential(
            [new Input([6, 6, 1]), new Conv2D(1, 3), new BatchNormalization(), new Conv2DTranspose(1, 3), new Flatten(), new Dense(4),
                new BatchNormalization(), new Dense(1)],
            seed: 1);
        model.Compile("adam", "mse");
        float[] x = [.. Enumerable.Range(0, samples * 36).Select(i => MathF.Sin(i))];

        History history = model.Fit(NDArray.From(x, [samples, 6, 6, 1]), NDArray.From(x[..samples], [samples, 1]), batchSize, epochs: 2,
            verbose: 0);

        Assert.All(history["loss"], value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void A_BatchNormalization_may_run_as_in_inference_and_as_in_training_in_one_step()
    {
        using var model = new BothWays { Seed = 2 };
        model.Compile("sgd", "mse");

        History history = model.Fit(new float[,] { { 1, 2 }, { 3, 5 }, { 0, 1 } }, new float[,] { { 1 }, { 0 }, { 2 } }, epochs: 3,
            verbose: 0);

        Assert.True(double.IsFinite(history["loss"][^1]));
    }

    [Fact]
    public void SpectralNormalization_may_run_several_times_in_one_step()
    {
        var input = new Input([3]);
        var other = new Input([3]);
        var shared = new SpectralNormalization(new Dense(2));
        using var model = new Functional([input, other], [new Add().Apply([shared.Apply(input), shared.Apply(other)])], seed: 4);
        model.Compile("sgd", "mse");
        float[,] x = { { 1, 2, 3 }, { 0, 1, -1 } };

        History history = model.Fit([x, x], new float[,] { { 1, 0 }, { 0, 1 } }, epochs: 2, verbose: 0);

        Assert.True(double.IsFinite(history["loss"][^1]));
    }

    // The gradient for the class of a position does not depend on the arrangement of the positions: the sum over an image equals the sum
    // over its pixels as samples.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sparse_crossentropy_of_images_has_the_gradient_of_its_pixels(bool fromLogits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = (arange(2 * 3 * 4 * 5).to(ScalarType.Float32).mul(0.37f).sin() + 1.5f).reshape(2, 3, 4, 5);
        Tensor labels = arange(2 * 3 * 4).remainder(5).reshape(2, 3, 4);
        Loss loss = Loss.SparseCategoricalCrossentropy(fromLogits);
        Tensor moved = image.movedim([3], [1]).contiguous().movedim([1], [3]);

        Tensor expected = Gradient(loss, image.reshape(24, 5), labels.flatten()).reshape(image.shape);

        foreach (Tensor x in (Tensor[])[image, moved, image.reshape(2, 12, 5)])
        {
            Tensor found = Gradient(loss, x, labels.reshape(x.shape[..^1])).reshape(image.shape);
            Assert.True(found.allclose(expected, 1e-5, 1e-7));
            Assert.True(Gradient(loss, x, labels.reshape([.. x.shape[..^1], 1])).reshape(image.shape).allclose(expected, 1e-5, 1e-7));
        }
    }

    [Fact]
    public void A_segmentation_model_trains_with_class_numbers()
    {
        using var model = new Sequential([new Input([4, 4, 2]), new Conv2D(3, 3, padding: "same", activation: "softmax")], seed: 1);
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        float[] x = [.. Enumerable.Range(0, 5 * 32).Select(i => MathF.Cos(i))];
        int[] y = [.. Enumerable.Range(0, 5 * 16).Select(i => i % 3)];

        History history = model.Fit(NDArray.From(x, [5, 4, 4, 2]), NDArray.From(y, [5, 4, 4]), batchSize: 2, epochs: 5, verbose: 0);

        Assert.True(history["loss"][^1] < history["loss"][0]);
    }

    private static Tensor Gradient(Loss loss, Tensor x, Tensor labels)
    {
        Tensor leaf = x.detach().requires_grad_(true);
        loss.Compute(labels, leaf).backward();
        return leaf.grad!;
    }

    private static float[] Weight(Model model, string name) => model.Weights.Single(w => w.Name == name).ToFloats();

    private sealed class BothWays : Model
    {
        private readonly BatchNormalization normalization;
        private readonly Dense head;

        public BothWays()
        {
            normalization = AddSublayer(new BatchNormalization(), "normalization");
            head = AddSublayer(new Dense(1), "head");
        }

        protected override Tensor Call(Tensor x, CallContext context) =>
            head.Apply(normalization.Apply(x, context, training: false) + normalization.Apply(x, context), context);
    }
}
