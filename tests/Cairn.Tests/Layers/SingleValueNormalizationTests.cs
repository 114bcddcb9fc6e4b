using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Layers;

/// <summary>
/// Normalizations whose mean is over one value. Keras gives exactly beta; libtorch's kernels leave rounding errors, which a
/// <see cref="UnitNormalization"/> after them would make 1.
/// </summary>
public sealed class SingleValueNormalizationTests
{
    [Fact]
    public void Batch_normalization_of_one_sample_gives_exactly_zero()
    {
        using var model = new Sequential([new Input([3]), new BatchNormalization(), new UnitNormalization()]);
        Assert.Equal(0, SumAfterTrainingOn(model, new float[1, 3] { { 0.3f, -1.7f, 12.1f } }, new float[1, 3]));
    }

    [Fact]
    public void Layer_normalization_of_one_feature_gives_exactly_zero()
    {
        using var model = new Sequential([new Input([4, 1]), new LayerNormalization(), new UnitNormalization(axis: 1)]);
        Assert.Equal(0, SumAfterTrainingOn(model, new float[1, 4, 1] { { { 0.3f }, { -1.7f }, { 12.1f }, { 0.7f } } }, new float[1, 4, 1]));
    }

    [Fact]
    public void Group_normalization_of_one_value_gives_exactly_zero()
    {
        using var model = new Sequential([new Input([1, 4]), new GroupNormalization(groups: 4), new UnitNormalization()]);
        Assert.Equal(0, SumAfterTrainingOn(model, new float[1, 1, 4] { { { 0.3f, -1.7f, 12.1f, 0.7f } } }, new float[1, 1, 4]));
    }

    [Fact]
    public void The_moving_variance_of_one_sample_is_that_of_Keras()
    {
        // Keras: moving = 0.9 * moving + 0.1 * batch; the batch's mean is the sample, its variance 0.
        var normalization = new BatchNormalization(momentum: 0.9);
        using var model = new Sequential([new Input([1]), normalization, new Dense(1)]);
        model.Compile(new SGD(0.1), "mse");
        model.Fit(new float[1, 1] { { 5 } }, new float[1, 1] { { 1 } }, epochs: 1, verbose: 0);
        IReadOnlyList<NDArray> weights = model.GetWeights();
        Assert.Equal(0.5f, weights[2].ToArray()[0], 1e-6f);
        Assert.Equal(0.9f, weights[3].ToArray()[0], 1e-6f);
        Assert.Equal(1f, weights[0].ToArray()[0]);
    }

    // The mean absolute error against zeros is 0 only if every output in training is exactly 0.
    private static double SumAfterTrainingOn(Sequential model, NDArray x, NDArray zeros)
    {
        model.Compile(new SGD(0.1), "mae");
        return model.Fit(x, zeros, epochs: 1, verbose: 0)["loss"][0];
    }
}
