using Cairn.Metrics;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;
using BinaryCrossentropy = Cairn.Losses.BinaryCrossentropy;

namespace Cairn.Tests.Losses;

public sealed class BinaryCrossentropyPassTests
{
    // 0 and 1 lie outside of [1e-7, 1 - 1e-7], where the loss has no slope.
    private static readonly float[] Probabilities = [0.2f, 0.5f, 0f, 1f, 0.9f, 1e-6f];
    private static readonly float[] Logits = [-2f, 0.5f, 0f, 90f, -90f, 16f];
    private static readonly float[] Targets = [0f, 1f, 1f, 1f, 0f, 1f];

    [Theory]
    [InlineData(true, "sum_over_batch_size", 0, 2)]
    [InlineData(true, "sum", 0.1, 2)]
    [InlineData(true, "sum_over_batch_size", 0, 1)]
    [InlineData(false, "sum_over_batch_size", 0.1, 2)]
    [InlineData(false, "sum", 0, 2)]
    [InlineData(false, "sum", 0, 1)]
    public void Value_and_gradient_are_those_that_libtorch_derives_from_the_same_formula(bool fromLogits, string reduction,
    double smoothing, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new BinaryCrossentropy(fromLogits, smoothing, reduction: reduction);
        Tensor yPred = tensor(fromLogits ? Logits : Probabilities, [6 / width, width], requires_grad: true);
        Tensor yTrue = width == 1 ? tensor(Targets) : tensor(Targets, [3, 2]);

        CrossentropyPass.IsWhatLibtorchDerives(loss, yTrue, yPred);
    }

    // log(1 + e^-16) is e^-16 to seven digits; 1 + e^-16 has only one of them left in single precision.
    [Fact]
    public void A_small_loss_keeps_its_digits()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.True(new BinaryCrossentropy(fromLogits: true)
            .TryDifferentiate(tensor([1f]), tensor([16f], [1, 1]), out BatchLoss value, out _));

        Assert.Equal(Math.Exp(-16), value.Number, Math.Exp(-16) * 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Accuracy_that_is_counted_without_libtorch_is_that_of_the_samples_one_by_one(int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor(Probabilities, [6 / width, width]);
        Tensor yTrue = tensor(Targets, [6 / width, width]);
        var metric = new BinaryAccuracy();

        metric.UpdateState(yTrue, yPred);

        // By hand, above 0.5 or not: right, wrong (0.5 is not above), wrong, right, wrong, wrong.
        Assert.Equal(2 / 6f, (float)metric.Result());
    }

    [Fact]
    public void Unsupported_cases_of_the_pass_are_left_to_libtorch()
    {
        using DisposeScope scope = NewDisposeScope();
        var loss = new BinaryCrossentropy();

        Assert.False(loss.TryDifferentiate(zeros(2, 4, 3), zeros(2, 4, 3), out _, out _), "targets for each position");
        Assert.False(loss.TryDifferentiate(zeros(2, 3), zeros(3, 2).t(), out _, out _), "memory in another order");
        Assert.False(loss.TryDifferentiate(zeros(2), zeros(2, 2), out _, out _), "one target for two numbers");
        Assert.False(loss.TryDifferentiate(zeros(3000, 1), zeros(3000, 1), out _, out _), "many numbers");
        Assert.False(new BinaryCrossentropy(axis: 0).TryDifferentiate(zeros(2, 3), zeros(2, 3), out _, out _), "a mean over the samples");
    }
}
