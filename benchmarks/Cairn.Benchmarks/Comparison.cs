namespace Cairn.Benchmarks;

/// <summary>What the alternating runner found: milliseconds of each run of both sides, in pairs that stood next to each other in time.</summary>
internal sealed record Comparison(double[] Ours, double[] Theirs)
{
    public double OurMedian => Median(Ours);

    public double TheirMedian => Median(Theirs);

    /// <summary>Ours divided by theirs, pair by pair: what a busy machine does to both sides cancels out.</summary>
    public double[] Ratios => [.. Ours.Zip(Theirs, (ours, theirs) => ours / theirs)];

    /// <summary>The cells of a Markdown row: both medians, the median ratio, its spread.</summary>
    public string ToCells(string unit = "ms", double scale = 1) =>
        $"{OurMedian * scale:F3} {unit} | {TheirMedian * scale:F3} {unit} | **{Median(Ratios):F2}** | {Ratios.Min():F2}–{Ratios.Max():F2}";

    /// <summary>The mean of some numbers, and how far from it the true one may lie with 95 % probability.</summary>
    public static (double Mean, double Reach) MeanWithInterval(double[] values)
    {
        double mean = values.Average();
        double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);

        // 2.04 is Student's factor for 31 values; that for many is 1.96.
        return (mean, 2.04 * Math.Sqrt(variance / values.Length));
    }

    /// <summary>The middle of some numbers, or NaN of none.</summary>
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
