using Cairn.Callbacks;
using Cairn.Metrics;

namespace Cairn.Training;

/// <summary>Steps of a process that has no row of the batch, and computes one of another process without effect.</summary>
internal static class StandIn
{
    /// <summary>Runs code that updates metrics, and takes their updates back.</summary>
    public static void Run(IReadOnlyList<Metric> metrics, Action update)
    {
        SavedState?[] before = [.. metrics.Select(metric => metric.SaveState())];
        update();
        for (int i = 0; i < metrics.Count; i++)
        {
            metrics[i].ResetState();
            if (before[i] is { } state && (state.Arrays.Count > 0 || metrics[i].SaveState() is { Arrays.Count: 0 }))
            {
                metrics[i].LoadState(state);
            }
        }
    }
}
