using Cairn.Metrics;
using TorchSharp;
using static TorchSharp.torch;
using CategoricalCrossentropy = Cairn.Losses.CategoricalCrossentropy;

namespace Cairn.Tests.Losses;

public sealed class CategoricalCrossentropyPassTests
{
    // The third row does not sum to 1; a gradient that assumes so is wrong there.
    private static readonly float[] Targets = [0f, 1f, 0f, 1f, 0f, 0f, 0.5f, 0.25f, 1f, 1f, 0f, 0f, 0f, 1f, 0f];

    [Theory]
    [InlineData(true, "sum_over_batch_size", 0)]
    [InlineData(true, "sum", 0.1)]
    [InlineData(false, "sum_over_batch_size", 0.1)]
    [InlineData(false, "sum", 0)]
    public void Value_and_gradient_are_those_that_libtorch_derives_from_the_same_formula(bool fromLogits, string reduction,
    double smoothing)
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new CategoricalCrossentropy(fromLogits, smoothing, reduction: reduction);
        Tensor yPred = tensor(fromLogits ? CrossentropyPass.Logits : CrossentropyPass.Probabilities, [5, 3], requires_grad: true);
        Tensor yTrue = tensor(Targets, [5, 3]);

        CrossentropyPass.IsWhatLibtorchDerives(loss, yTrue, yPred);
    }

    [Fact]
    public void The_hits_that_it_counts_make_the_accuracy_that_the_metric_finds_in_the_scores()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor(CrossentropyPass.Probabilities, [5, 3]);
        Tensor yTrue = tensor(Targets, [5, 3]);

        CrossentropyPass.CountsWhatAccuracyFinds(new CategoricalCrossentropy(), () => new CategoricalAccuracy(), yTrue, yPred);
        Assert.False(new SparseCategoricalAccuracy().TryAddHits(3, yTrue, 5), "a metric of other targets");
    }

    [Fact]
    public void Unsupported_cases_of_the_pass_are_left_to_libtorch()
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new CategoricalCrossentropy();

        Assert.False(loss.TryDifferentiate(zeros(2, 4, 3), zeros(2, 4, 3), out _, out _), "targets for each position");
        Assert.False(loss.TryDifferentiate(zeros(2, 3), zeros(3, 2).t(), out _, out _), "memory in another order");
        Assert.False(loss.TryDifferentiate(zeros(3), zeros(1, 3), out _, out _), "targets of another rank");
        Assert.False(loss.TryDifferentiate(zeros(20, 1000), zeros(20, 1000), out _, out _), "many classes");
        Assert.False(new CategoricalCrossentropy(axis: 0).TryDifferentiate(zeros(2, 3), zeros(2, 3), out _, out _),
            "classes along the first axis");
    }
}
