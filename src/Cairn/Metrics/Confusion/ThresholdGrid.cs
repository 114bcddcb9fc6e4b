namespace Cairn.Metrics;

/// <summary>Evenly spaced thresholds for sampling curves.</summary>
internal static class ThresholdGrid
{
    /// <summary>The given number of thresholds over [0, 1], without the end points.</summary>
    public static IEnumerable<double> Inner(int count) => Enumerable.Range(1, Math.Max(count - 2, 0)).Select(i => (double)i / (count - 1));

    /// <summary>The given number of thresholds from 0 to 1; 0.5 for a single one.</summary>
    public static double[] Closed(int count) => count switch
    {
        < 1 => throw new ArgumentOutOfRangeException("numThresholds", count, "numThresholds must be 1 or more."),
        1 => [0.5],
        _ => [0, .. Inner(count), 1],
    };
}
