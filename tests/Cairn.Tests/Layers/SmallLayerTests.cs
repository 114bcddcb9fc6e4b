using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;

namespace Cairn.Tests.Layers;

/// <summary>Normalisation, embedding, noise and the layers that only move numbers: values worked out by hand.</summary>
public sealed class SmallLayerTests
{
    [Fact]
    public void LayerNormalization_normalises_each_sample_along_its_axes()
    {
        // Each row has the variance 1: (1, 3) and (10, 12) both become (-1, 1).
        Assert.Equal([-1f, 1, -1, 1], Run(new LayerNormalization(epsilon: 0), new float[,] { { 1, 3 }, { 10, 12 } }), Close);

        // Along axis 1 of [1, 2, 2] the columns (1, 5) and (2, 4) become (-1, 1), although it is not the last axis.
        Assert.Equal([-1f, -1, 1, 1], Run(new LayerNormalization(axis: 1, epsilon: 0), new float[,,] { { { 1, 2 }, { 5, 4 } } }), Close);

        // Along both: mean 3, variance (4 + 1 + 4 + 1) / 4 = 2.5.
        float unit = 1 / MathF.Sqrt(2.5f);
        Assert.Equal([-2 * unit, -unit, 2 * unit, unit], Run(new LayerNormalization([2, 1], epsilon: 0), new float[,,] { { { 1, 2 }, { 5, 4 } } }), Close);
    }

    [Fact]
    public void LayerNormalization_has_weights_of_the_normalised_axes_as_chosen()
    {
        using var model = new Sequential([new Input([3, 4, 5]), new LayerNormalization([-1, 1]), new LayerNormalization(2, center: false), new LayerNormalization(scale: false)]);
        model.EnsureBuilt();

        Assert.Equal(["gamma (3, 5)", "beta (3, 5)", "gamma (4,)", "beta (5,)"], model.Weights.Select(w => $"{w.Name} {w.Shape}"));
        Assert.Contains("\"axis\": [1, 3]", model.ToJson());
    }

    [Fact]
    public void ELU_and_PReLU_bend_the_negative_part()
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
        Assert.Contains("mask", Assert.Throws<NotSupportedException>(() => new Embedding(4, 2, maskZero: true)).Message);
    }

    [Fact]
    public void Embedding_learns_only_the_rows_it_used()
    {
        // Vectors (1, 1); twice row 1 in one sample: output sum 4, target 0, mse slope 2 · 4 = 8 for each use, so 16 a number; rate 0.01.
        using var model = new Sequential([
            new Input([2]), new Embedding(3, 2, "ones"), new Flatten(), new Dense(1, useBias: false, kernelInitializer: "ones") { Trainable = false }]);
        model.Compile(new SGD(0.01), "mse");

        model.Fit(new float[,] { { 1, 1 } }, new float[,] { { 0 } }, verbose: 0);

        Assert.Equal([1f, 1, 0.84f, 0.84f, 1, 1], model.Weights[0].ToNDArray().ToArray(), Close);
    }

    [Fact]
    public void Permute_and_RepeatVector_move_numbers()
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
    public void Configurations_come_back_through_JSON()
    {
        using var model = new Sequential([
            new Input([2]), new Embedding(5, 4, "he_normal", "l2", "non_neg"), new LayerNormalization(betaConstraint: "unit_norm"), new Permute([2, 1]),
            new PReLU(sharedAxes: 1, alphaRegularizer: "l1", alphaConstraint: "max_norm"), new GaussianNoise(0.1, seed: 3), new UnitNormalization([1, 2]), new Flatten(),
            new ELU(0.5), new RepeatVector(3)]);
        string json = model.ToJson();

        using Model again = Model.FromJson(json);

        Assert.Equal(json, again.ToJson());
        Assert.Throws<Cairn.Saving.ModelFormatException>(() => Model.FromJson(json.Replace("\"mask_zero\": false", "\"mask_zero\": true")));
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
        using var scope = torch.NewDisposeScope();
        context.BeginStep(1);
        return model.Forward(x, context).contiguous().data<float>().ToArray();
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f;
}
