using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Losses;

/// <summary>Requirements on every pass that computes a loss and its gradient without libtorch.</summary>
internal static class CrossentropyPass
{
    // The fourth row of probabilities has shares of 0, the fifth of 0 and 1: they lie outside of [1e-7, 1 - 1e-7]. The second sums to 2.
    public static float[] Probabilities { get; } = [0.2f, 0.5f, 0.3f, 0.4f, 0.6f, 1f, 0.1f, 0.1f, 0.8f, 0f, 0.25f, 0.75f, 0f, 1f, 0f];

    public static float[] Logits { get; } = [-2f, 0.5f, 3f, 100f, -100f, 0f, 1e-3f, 0f, -1e-3f, 40f, 41f, 42f, 0f, 0f, 0f];

    public static void IsWhatLibtorchDerives(Loss loss, Tensor yTrue, Tensor yPred)
    {
        Tensor expected = loss.Compute(yTrue, yPred);
        expected.backward();

        Assert.True(loss.TryDifferentiate(yTrue, yPred, out BatchLoss value, out Tensor? gradient));

        Tolerance.Near(expected.item<float>(), value.Number, 1e-6, "loss");
        Tolerance.Near(yPred.grad!.data<float>().ToArray(), gradient.data<float>().ToArray(), 1e-6, "gradient");
    }

    public static void CountsWhatAccuracyFinds(Loss loss, Func<Metric> accuracy, Tensor yTrue, Tensor yPred)
    {
        Assert.True(loss.TryDifferentiate(yTrue, yPred, out BatchLoss value, out _));
        Metric told = accuracy();
        Metric found = accuracy();

        Assert.True(told.TryAddHits(value.Hits!.Value, yTrue, yPred.size(0)));
        found.UpdateState(yTrue, yPred);

        Assert.Equal(found.Result(), told.Result());
    }
}
