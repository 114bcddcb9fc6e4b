namespace Cairn.Cli.Models;

/// <summary>Mean and variance of some numbers.</summary>
internal readonly record struct Spread(double Mean, double Variance)
{
    /// <summary>Computes them for every <paramref name="stride"/>th number, starting at <paramref name="first"/>.</summary>
    public static Spread Of(ReadOnlySpan<float> values, int first, int stride)
    {
        // Welford's algorithm: one pass, and no difference of large sums.
        double mean = 0, squares = 0;
        long count = 0;
        for (int index = first; index < values.Length; index += stride)
        {
            double delta = values[index] - mean;
            mean += delta / ++count;
            squares += delta * (values[index] - mean);
        }

        return new Spread(mean, count == 0 ? 0 : squares / count);
    }
}
