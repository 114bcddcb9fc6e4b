using Cairn.Native;

namespace Cairn.Losses;

/// <summary>
/// Binary cross-entropy and its gradient in one pass over raw memory, with the formulas of <see cref="BinaryCrossentropy"/>.
/// </summary>
/// <remarks>In double precision, since log(1 + x) in single precision would lose small losses.</remarks>
internal static class BinaryCrossentropyPass
{
    /// <summary>
    /// The approximate size above which two scalar functions per element cost more than libtorch's vectorized operations.
    /// </summary>
    public const long MostElements = 2048;

    /// <summary>Sums the loss over all elements and writes its gradient, both times <paramref name="scale"/>.</summary>
    /// <param name="scores">The predictions and targets.</param>
    /// <param name="fromLogits">Whether the predictions are logits.</param>
    /// <param name="labelSmoothing">Label smoothing, which moves targets towards 0.5 by this fraction.</param>
    /// <param name="scale">1 / elements for a mean.</param>
    /// <param name="gradient">The gradient, of the size of the predictions.</param>
    public static float Run(in PairedScores scores, bool fromLogits, double labelSmoothing, double scale, Span<float> gradient)
    {
        ReadOnlySpan<float> x = scores.AllScores;
        ReadOnlySpan<float> targets = scores.AllTargets;
        (float kept, float drawn) = ((float)(1 - labelSmoothing), (float)(0.5 * labelSmoothing));
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float target = (targets[i] * kept) + drawn;
            (double loss, double slope) = fromLogits ? OfLogit(x[i], target) : OfProbability(x[i], target);
            sum += loss;
            gradient[i] = (float)(slope * scale);
        }

        return (float)(sum * scale);
    }

    // max(x, 0) - x t + log(1 + exp(-|x|)); its gradient is sigmoid(x) - t.
    private static (double Loss, double Slope) OfLogit(double x, double target)
    {
        double small = Math.Exp(-Math.Abs(x));
        double sigmoid = (x >= 0 ? 1 : small) / (1 + small);
        return (Math.Max(x, 0) - (x * target) + Math.Log(1 + small), sigmoid - target);
    }

    // -t log p - (1 - t) log(1 - p), p clipped away from 0 and 1; where it is clipped, the gradient is zero.
    private static (double Loss, double Slope) OfProbability(float given, double target)
    {
        double p = Math.Clamp(given, CrossentropyLoss.Least, CrossentropyLoss.Most);
        double slope = given is < CrossentropyLoss.Least or > CrossentropyLoss.Most ? 0 : (p - target) / ((1 - p) * p);
        return (-(target * Math.Log(p)) - ((1 - target) * Math.Log(1 - p)), slope);
    }
}
