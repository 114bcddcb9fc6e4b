namespace Cairn.Benchmarks;

/// <summary>The result of the alternating runner: milliseconds of each run of both sides, in adjacent pairs.</summary>
internal sealed record Comparison(double[] Ours, double[] Theirs)
{
    public double OurMedian => Median(Ours);

    public double TheirMedian => Median(Theirs);

    /// <summary>Cairn's time divided by the other's, per pair, so that the load of the machine cancels out.</summary>
    public double[] Ratios => [.. Ours.Zip(Theirs, (ours, theirs) => ours / theirs)];

    /// <summary>The cells of a Markdown row: both medians, the median ratio, its spread.</summary>
    public string ToCells(string unit = "ms", double scale = 1) =>
        $"{OurMedian * scale:F3} {unit} | {TheirMedian * scale:F3} {unit} | **{Median(Ratios):F2}** | {Ratios.Min():F2}–{Ratios.Max():F2}";

    /// <summary>The mean of some numbers, and half the width of its 95 % confidence interval.</summary>
    public static (double Mean, double Reach) MeanWithInterval(double[] values)
    {
        double mean = values.Average();
        double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);

        // Student's t factor is 2.04 for 31 values, and 1.96 in the limit.
        return (mean, 2.04 * Math.Sqrt(variance / values.Length));
    }

    /// <summary>The median of some numbers, or NaN for none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
