using Cairn.Metrics;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;
using SparseCategoricalCrossentropy = Cairn.Losses.SparseCategoricalCrossentropy;

namespace Cairn.Tests.Losses;

public sealed class SparseCrossentropyPassTests
{
    private static readonly long[] Labels = [1, 0, 2, 0, 1];

    [Theory]
    [InlineData(true, "sum_over_batch_size", false)]
    [InlineData(true, "sum", false)]
    [InlineData(false, "sum_over_batch_size", false)]
    [InlineData(false, "sum", true)]
    public void Value_and_gradient_are_those_that_libtorch_derives_from_the_same_formula(bool fromLogits, string reduction, bool column)
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new SparseCategoricalCrossentropy(fromLogits, reduction: reduction);
        Tensor yPred = tensor(fromLogits ? CrossentropyPass.Logits : CrossentropyPass.Probabilities, [5, 3], requires_grad: true);
        Tensor yTrue = column ? tensor(Labels, [5, 1]) : tensor(Labels);

        CrossentropyPass.IsWhatLibtorchDerives(loss, yTrue, yPred);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_hits_that_it_counts_make_the_accuracy_that_the_metric_finds_in_the_scores(bool fromLogits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor(fromLogits ? CrossentropyPass.Logits : CrossentropyPass.Probabilities, [5, 3]);
        Tensor yTrue = tensor(Labels);

        CrossentropyPass.CountsWhatAccuracyFinds(new SparseCategoricalCrossentropy(fromLogits), () => new SparseCategoricalAccuracy(),
            yTrue, yPred);
        Assert.False(new CategoricalAccuracy().TryAddHits(2, yTrue, 5), "a metric of other targets");
        Assert.False(new BinaryAccuracy().TryAddHits(2, yTrue, 5), "a metric that counts something else");
    }

    [Fact]
    public void NaN_predictions_give_a_NaN_loss_and_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor([float.NaN, 0.5f, 0.5f], [1, 3]);

        foreach (bool fromLogits in (bool[])[true, false])
        {
            Assert.True(new SparseCategoricalCrossentropy(fromLogits)
                .TryDifferentiate(tensor([1L]), yPred, out BatchLoss value, out Tensor? gradient));
            Assert.True(float.IsNaN(value.Number));
            Assert.All(gradient.data<float>().ToArray(), g => Assert.True(float.IsNaN(g)));
        }
    }

    [Fact]
    public void Unsupported_cases_of_the_pass_are_left_to_libtorch()
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new SparseCategoricalCrossentropy(fromLogits: true);

        Assert.False(loss.TryDifferentiate(tensor([3L]), zeros(1, 3), out _, out _), "a class that does not exist");
        Assert.False(loss.TryDifferentiate(zeros(2, 4, ScalarType.Int64), zeros(2, 4, 3), out _, out _), "targets for each position");
        Assert.False(loss.TryDifferentiate(zeros(2, ScalarType.Int64), zeros(3, 2).t(), out _, out _), "memory in another order");
        Assert.False(loss.TryDifferentiate(zeros(20, ScalarType.Int64), zeros(20, 1000), out _, out _), "many classes");
        Assert.False(new SparseCategoricalCrossentropy(ignoreClass: 1).TryDifferentiate(tensor([0L]), ones(1, 3), out _, out _),
            "an ignored class");
    }
}
