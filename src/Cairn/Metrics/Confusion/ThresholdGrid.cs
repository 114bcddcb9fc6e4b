namespace Cairn.Metrics;

/// <summary>The evenly spaced thresholds at which curves are sampled.</summary>
internal static class ThresholdGrid
{
    /// <summary>The inner ones of so many thresholds over [0, 1].</summary>
    public static IEnumerable<double> Inner(int count) => Enumerable.Range(1, Math.Max(count - 2, 0)).Select(i => (double)i / (count - 1));

    /// <summary>So many thresholds from 0 to 1; 0.5 for a single one.</summary>
    public static double[] Closed(int count) => count switch
    {
        < 1 => throw new ArgumentOutOfRangeException("numThresholds", count, "numThresholds is 1 or more."),
        1 => [0.5],
        _ => [0, .. Inner(count), 1],
    };
}
