namespace Cairn.Tests.Training;

/// <summary>All tolerances of float32 training against Keras' reference numbers.</summary>
internal static class Tolerance
{
    /// <summary>Losses and metrics of models of dense layers, over all epochs, relative to max(1, |expected|).</summary>
    public const double Dense = 1e-5;

    /// <summary>
    /// Their weights and predictions at the end: Adam divides by the root of tiny mean squares, so rounding changes a weight of little
    /// influence more than the loss.
    /// </summary>
    public const double DenseWeights = 1e-4;

    /// <summary>The same for convolutions and batch normalization, whose summation order depends on the libtorch version.</summary>
    public const double Convolution = 1e-4;

    /// <summary>
    /// Runs at learning rates of 0.1 and more over tens of epochs: rounding differences of 1e-7 grow with every step, so the results differ
    /// although each step agrees.
    /// </summary>
    public const double LongRun = 2e-3;

    /// <summary>
    /// The bias of attention's keys adds the same to all scores of a row, so that its gradient is exactly zero; Adam scales the rounding
    /// error to full steps, in Keras too. Also the validation within a run, which depends on the biases of <see cref="NoisyBiases"/>, whose
    /// own bound is derived there.
    /// </summary>
    public const double NoisyBias = 2e-2;

    /// <summary>
    /// Gradients of the Circle loss, which multiplies similarities by gamma, 80 by default, before the exponential: their rounding, a few
    /// times 2^-24, becomes 80 times that much of the gradient (80 · 4 · 2^-24), and depends on how libtorch orders the product of that
    /// moment.
    /// </summary>
    public const double CircleGradient = 2e-5;

    /// <summary>Predictions of a loaded model.</summary>
    public const double Prediction = 1e-5;

    public static void Near(double expected, double actual, double tolerance, string what)
    {
        if (double.IsNaN(expected))
        {
            Assert.True(double.IsNaN(actual), $"{what}: expected NaN, was {actual:R}");
            return;
        }

        double allowed = tolerance * Math.Max(1, Math.Abs(expected));
        Assert.True(Math.Abs(expected - actual) <= allowed,
            $"{what}: expected {expected:R}, was {actual:R} (difference {Math.Abs(expected - actual):E2}, allowed {allowed:E2})");
    }

    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Near(expected[i], actual[i], tolerance, $"{what}[{i}]");
        }
    }
}
