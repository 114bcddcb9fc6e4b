using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;

namespace Cairn.Tests.Layers;

/// <summary>Normalization, embedding, noise and reshaping layers: values computed by hand.</summary>
public sealed class SmallLayerTests
{
    // What Keras 3.16 on PyTorch computes: the threshold itself is not above it, in float32, and minus infinity is below.
    [Fact]
    public void ReLU_gives_zero_at_its_threshold_and_far_below_it()
    {
        using var model = new Sequential([new Input([3]), new ReLU(threshold: 0.2)]);

        Assert.Equal([0, 0.25f, 0], model.Predict(new[,] { { 0.2f, 0.25f, float.NegativeInfinity } }, verbose: 0).ToArray());
    }

    [Fact]
    public void LayerNormalization_normalises_each_sample_along_its_axes()
    {
        // Each row has the variance 1: (1, 3) and (10, 12) both become (-1, 1).
        Assert.Equal([-1f, 1, -1, 1], Run(new LayerNormalization(epsilon: 0), new float[,] { { 1, 3 }, { 10, 12 } }), Close);

        // Along axis 1 of [1, 2, 2] the columns (1, 5) and (2, 4) become (-1, 1), although it is not the last axis.
        Assert.Equal([-1f, -1, 1, 1], Run(new LayerNormalization(axis: 1, epsilon: 0), new float[,,] { { { 1, 2 }, { 5, 4 } } }), Close);

        // Along both: mean 3, variance (4 + 1 + 4 + 1) / 4 = 2.5.
        float unit = 1 / MathF.Sqrt(2.5f);
        Assert.Equal([-2 * unit, -unit, 2 * unit, unit],
            Run(new LayerNormalization([2, 1], epsilon: 0), new float[,,] { { { 1, 2 }, { 5, 4 } } }), Close);
    }

    [Fact]
    public void LayerNormalization_has_weights_of_the_normalised_axes_as_chosen()
    {
        using var model =
            new Sequential([new Input([3, 4, 5]), new LayerNormalization([-1, 1]), new LayerNormalization(2, center: false),
            new LayerNormalization(scale: false)]);
        model.EnsureBuilt();

        Assert.Equal(["gamma (3, 5)", "beta (3, 5)", "gamma (4,)", "beta (5,)"], model.Weights.Select(w => $"{w.Name} {w.Shape}"));
        Assert.Contains("\"axis\": [1, 3]", model.ToJson());
    }

    [Fact]
    public void ELU_and_PReLU_scale_the_negative_part()
    {
        // 2 · (1/e - 1) = -1.2642411; PReLU: -4 · 0.25.
        Assert.Equal([-1.2642411f, 3], Run(new ELU(2), new float[,] { { -1, 3 } }), Close);
        Assert.Equal([-1f, 3], Run(new PReLU(new Cairn.Initializers.Constant(0.25)), new float[,] { { -4, 3 } }), Close);
    }

    [Fact]
    public void PReLU_shares_its_slope_along_the_chosen_axes()
    {
        using var model = new Sequential([new Input([Shape.None, 4, 3]), new PReLU(sharedAxes: [1, 2])]);
        model.EnsureBuilt();

        Assert.Equal([1, 1, 3], model.Weights[0].Shape);
        Assert.Throws<ArgumentException>(() => new PReLU(sharedAxes: 0));
        Assert.Contains("axis 2", Assert.Throws<ArgumentException>(() => Run(new PReLU(sharedAxes: 2), new float[,] { { 1 } })).Message);
    }

    [Fact]
    public void Embedding_takes_rows_of_its_table_and_cuts_off_fractions()
    {
        using var model = new Sequential([new Input([3]), new Embedding(4, 2)]);
        model.EnsureBuilt();
        model.SetWeights([NDArray.From([0f, 1, 10, 11, 20, 21, 30, 31], [4, 2])]);

        NDArray y = model.Predict(new float[,] { { 2, 0.9f, -1 } }, verbose: 0);

        Assert.Equal([1, 3, 2], y.Shape);
        Assert.Equal([20f, 21, 0, 1, 30, 31], y.ToArray());
        Assert.Contains("0 to 3", Assert.ThrowsAny<Exception>(() => model.Predict(new float[,] { { 4, 0, 0 } }, verbose: 0)).ToString());
    }

    [Fact]
    public void Embedding_learns_only_the_rows_it_used()
    {
        // Vectors (1, 1); twice row 1 in one sample: output sum 4, target 0, mse slope 2 · 4 = 8 for each use, so 16 a number; rate 0.01.
        using var model = new Sequential([
            new Input([2]), new Embedding(3, 2, "ones"), new Flatten(),
            new Dense(1, useBias: false, kernelInitializer: "ones") { Trainable = false }]);
        model.Compile(new SGD(0.01), "mse");

        model.Fit(new float[,] { { 1, 1 } }, new float[,] { { 0 } }, verbose: 0);

        Assert.Equal([1f, 1, 0.84f, 0.84f, 1, 1], model.Weights[0].ToNDArray().ToArray(), Close);
    }

    [Fact]
    public void Permute_and_RepeatVector_rearrange_their_input()
    {
        Assert.Equal([1f, 4, 2, 5, 3, 6], Run(new Permute([2, 1]), new float[,,] { { { 1, 2, 3 }, { 4, 5, 6 } } }));
        Assert.Equal([1f, 2, 1, 2, 1, 2], Run(new RepeatVector(3), new float[,] { { 1, 2 } }));
        Assert.Throws<ArgumentException>(() => new Permute([0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RepeatVector(0));
    }

    [Fact]
    public void UnitNormalization_gives_length_one_and_leaves_zeros() =>
        Assert.Equal([0.6f, 0.8f, 0, 0], Run(new UnitNormalization(), new float[,] { { 3, 4 }, { 0, 0 } }), Close);

    [Fact]
    public void GaussianNoise_has_its_standard_deviation_in_training_only()
    {
        var layer = new GaussianNoise(0.5);
        float[] y = Train(layer, torch.ones(1, 10_000));

        // 10,000 draws: the mean's standard deviation is 0.005, that of the deviation 0.0035; four of them.
        Assert.Equal(1, y.Average(), 0.02);
        Assert.Equal(0.5, Math.Sqrt(y.Average(v => (v - 1.0) * (v - 1.0))), 0.015);
        Assert.Equal([1f, 2], Run(new GaussianNoise(0.5), new float[,] { { 1, 2 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(1.5));
    }

    [Fact]
    public void Configurations_survive_JSON()
    {
        using var model = new Sequential([
            new Input([2]), new Embedding(5, 4, "he_normal", "l2", "non_neg"), new LayerNormalization(betaConstraint: "unit_norm"),
            new Permute([2, 1]),
            new PReLU(sharedAxes: 1, alphaRegularizer: "l1", alphaConstraint: "max_norm"), new GaussianNoise(0.1, seed: 3),
            new UnitNormalization([1, 2]), new Flatten(),
            new ELU(0.5), new RepeatVector(3)]);
        string json = model.ToJson();

        using var again = Model.FromJson(json);

        Assert.Equal(json, again.ToJson());
    }

    [Fact]
    public void SpatialDropout_drops_whole_channels_wherever_they_are()
    {
        // Samples of 5 places and 2,000 channels: each channel is 0 everywhere or 1 / 0.75 everywhere; four standard deviations of the
        // share are 0.04.
        float[] last = Train(new SpatialDropout1D(0.25), torch.ones(1, 5, 2000));
        for (int c = 0; c < 2000; c++)
        {
            Assert.Single(Enumerable.Range(0, 5).Select(place => last[(place * 2000) + c]).Distinct());
        }

        Assert.Equal(0.25, last.Count(v => v == 0) / 10_000.0, 0.04);
        Assert.All(last.Where(v => v != 0), v => Assert.Equal(1 / 0.75f, v, 1e-5f));

        float[] first = Train(new SpatialDropout2D(0.5, DataFormat.ChannelsFirst), torch.ones(1, 2000, 2, 3));
        Assert.All(first.Chunk(6), channel => Assert.Single(channel.Distinct()));
        Assert.Equal(2, first.Distinct().Count());

        float[] volume = Train(new SpatialDropout3D(0.5), torch.ones([1, 2, 1, 2, 500]));
        Assert.Single(volume.Chunk(500).Select(channels => string.Join(' ', channels)).Distinct());
        Assert.Equal(2, volume.Distinct().Count());
        Assert.Contains("rank 4", Assert.Throws<ArgumentException>(() => Run(new SpatialDropout2D(0.5), new float[,] { { 1 } })).Message);
    }

    [Fact]
    public void GaussianDropout_multiplies_in_training_only()
    {
        // Rate 0.2: a variance of 0.25. Tolerances as for GaussianNoise.
        float[] y = Train(new GaussianDropout(0.2), torch.full([1, 10_000], 2f));

        Assert.Equal(2, y.Average(), 0.04);
        Assert.Equal(1, Math.Sqrt(y.Average(v => (v - 2.0) * (v - 2.0))), 0.03);
        Assert.Equal([1f, 2], Run(new GaussianDropout(0.5), new float[,] { { 1, 2 } }));
    }

    [Fact]
    public void ActivityRegularization_adds_the_penalty_of_its_input()
    {
        // 0.5 · (1 + 3) + 0.25 · (1 + 9) = 4.5 for one sample; the error is 0.
        using var model = new Sequential([new Input([2]), new ActivityRegularization(0.5, 0.25)]);
        model.Compile("sgd", "mse");
        float[,] x = new float[,] { { 1, -3 } };

        Assert.Equal(4.5, model.Evaluate(x, x, verbose: 0)["loss"], 1e-6);
    }

    [Fact]
    public void RMSNormalization_divides_by_the_root_of_the_mean_square()
    {
        // (1, 7): the mean square is 25.
        Assert.Equal([0.2f, 1.4f], Run(new RMSNormalization(), new float[,] { { 1, 7 } }), Close);
        Assert.Equal([0.2f, 1.4f], Run(new RMSNormalization(1), new float[,,] { { { 1 }, { 7 } } }), Close);
    }

    [Fact]
    public void GroupNormalization_normalises_groups_of_channels()
    {
        // One place, channels (1, 3 | 10, 12) in two groups of variance 1.
        Assert.Equal([-1f, 1, -1, 1], Run(new GroupNormalization(2, epsilon: 0), new float[,] { { 1, 3, 10, 12 } }), Close);

        // One group a channel: the channels (1, 3) and (12, 10) over two places.
        Assert.Equal([-1f, 1, 1, -1], Run(new GroupNormalization(-1, epsilon: 0), new float[,,] { { { 1, 12 }, { 3, 10 } } }), Close);
        Assert.Equal([-1f, 1, 1, -1],
            Run(new GroupNormalization(-1, axis: 1, epsilon: 0), new float[,,] { { { 1, 3 }, { 12, 10 } } }), Close);
        Assert.Contains("multiple",
            Assert.Throws<ArgumentException>(() => Run(new GroupNormalization(2), new float[,] { { 1, 2, 3 } })).Message);
    }

    [Fact]
    public void Configurations_of_the_other_layers_survive_JSON()
    {
        using var model = new Sequential([
            new Input([4, 6]), new SpatialDropout1D(0.1, seed: 2), new RMSNormalization(),
            new GroupNormalization(3, gammaConstraint: "non_neg"), new GaussianDropout(0.3),
            new ActivityRegularization(0.1, 0.2), new Reshape([2, 2, 6]), new SpatialDropout2D(0.2, DataFormat.ChannelsFirst),
            new Reshape([1, 2, 2, 6]), new SpatialDropout3D(0.3)]);
        string json = model.ToJson();

        using var again = Model.FromJson(json);

        Assert.Equal(json, again.ToJson());
    }

    private static float[] Run(Layer layer, NDArray x)
    {
        using var model = new Sequential([new Input(x.Shape[1..]), layer]);
        return model.Predict(x, verbose: 0).ToArray();
    }

    private static float[] Train(Layer layer, torch.Tensor x)
    {
        using var model = new Sequential([new Input(((Shape)x.shape)[1..]), layer], seed: 1);
        model.EnsureBuilt();
        using var context = new CallContext(training: true, 1, torch.CPU);
        using DisposeScope scope = torch.NewDisposeScope();
        context.BeginStep(1);
        return model.Forward(x, context).contiguous().data<float>().ToArray();
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f;
}
