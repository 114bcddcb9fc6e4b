using Cairn.Metrics;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;
using CategoricalCrossentropy = Cairn.Losses.CategoricalCrossentropy;

namespace Cairn.Tests.Losses;

public sealed class CategoricalCrossentropyPassTests
{
    // The fourth row of probabilities has a target share of 0, the fifth of 1: both lie outside of [1e-7, 1 - 1e-7]. The second sums to 2.
    private static readonly float[] Probabilities = [0.2f, 0.5f, 0.3f, 0.4f, 0.6f, 1f, 0.1f, 0.1f, 0.8f, 0f, 0.25f, 0.75f, 0f, 1f, 0f];
    private static readonly float[] Logits = [-2f, 0.5f, 3f, 100f, -100f, 0f, 1e-3f, 0f, -1e-3f, 40f, 41f, 42f, 0f, 0f, 0f];

    // The third row is no distribution: a gradient that takes its sum for 1 is wrong there.
    private static readonly float[] Targets = [0f, 1f, 0f, 1f, 0f, 0f, 0.5f, 0.25f, 1f, 1f, 0f, 0f, 0f, 1f, 0f];

    [Theory]
    [InlineData(true, "sum_over_batch_size", 0)]
    [InlineData(true, "sum", 0.1)]
    [InlineData(false, "sum_over_batch_size", 0.1)]
    [InlineData(false, "sum", 0)]
    public void Value_and_gradient_are_those_that_libtorch_derives_from_the_same_formula(bool fromLogits, string reduction, double smoothing)
    {
        using var scope = NewDisposeScope();
        var loss = new CategoricalCrossentropy(fromLogits, smoothing, reduction: reduction);
        Tensor yPred = tensor(fromLogits ? Logits : Probabilities, [5, 3], requires_grad: true);
        Tensor yTrue = tensor(Targets, [5, 3]);
        Tensor expected = loss.Compute(yTrue, yPred);
        expected.backward();

        Assert.True(loss.TryDifferentiate(yTrue, yPred, out BatchLoss value, out Tensor? gradient));

        Tolerance.Near(expected.item<float>(), value.Number, 1e-6, "loss");
        Tolerance.Near(yPred.grad!.data<float>().ToArray(), gradient.data<float>().ToArray(), 1e-6, "gradient");
    }

    [Fact]
    public void The_hits_that_it_counts_make_the_accuracy_that_the_metric_finds_in_the_scores()
    {
        using var scope = NewDisposeScope();
        Tensor yPred = tensor(Probabilities, [5, 3]);
        Tensor yTrue = tensor(Targets, [5, 3]);
        Assert.True(new CategoricalCrossentropy().TryDifferentiate(yTrue, yPred, out BatchLoss value, out _));
        var told = new CategoricalAccuracy();
        var found = new CategoricalAccuracy();

        Assert.True(told.TryAddHits(value.Hits!.Value, yTrue, 5));
        found.UpdateState(yTrue, yPred);

        Assert.Equal(found.Result(), told.Result());
        Assert.False(new SparseCategoricalAccuracy().TryAddHits(3, yTrue, 5), "a metric of other targets");
    }

    [Fact]
    public void What_the_pass_is_not_made_for_is_left_to_libtorch()
    {
        using var scope = NewDisposeScope();
        var loss = new CategoricalCrossentropy();

        Assert.False(loss.TryDifferentiate(zeros(2, 4, 3), zeros(2, 4, 3), out _, out _), "targets for each position");
        Assert.False(loss.TryDifferentiate(zeros(2, 3), zeros(3, 2).t(), out _, out _), "memory in another order");
        Assert.False(loss.TryDifferentiate(zeros(3), zeros(1, 3), out _, out _), "targets of another rank");
        Assert.False(loss.TryDifferentiate(zeros(20, 1000), zeros(20, 1000), out _, out _), "many classes");
        Assert.False(new CategoricalCrossentropy(axis: 0).TryDifferentiate(zeros(2, 3), zeros(2, 3), out _, out _), "classes along the first axis");
    }
}
