using Cairn.Callbacks;
using Cairn.Metrics;

namespace Cairn.Cli.Training;

/// <summary>The value that determines the best epoch.</summary>
/// <param name="Name">Its name in the logs.</param>
/// <param name="HigherIsBetter">Whether a higher value is better.</param>
internal sealed record Watched(string Name, bool HigherIsBetter)
{
    /// <summary>The value that the callbacks monitor: that of ModelCheckpoint, else of EarlyStopping, else of ReduceLROnPlateau.</summary>
    public static Watched By(IEnumerable<Callback> callbacks, Model model, string otherwise)
    {
        MonitorCallback? first = callbacks.OfType<MonitorCallback>()
            .OrderBy(one => one is ModelCheckpoint ? 0 : one is EarlyStopping ? 1 : 2).FirstOrDefault();
        string name = first?.Monitor ?? otherwise;
        string stem = BestSoFar.Bare(name);
        bool higher = first?.Mode == MonitorMode.Max
            || (first?.Mode != MonitorMode.Min
            && model.Metrics.Any(metric => metric.Name == stem && metric.Direction == MetricDirection.Up));
        return new Watched(name, higher);
    }

    /// <summary>The index of the best epoch in the history, the first one on a tie; -1 if no epoch has the value.</summary>
    public int BestIndex(History history)
    {
        if (!history.TryGetValue(Name, out IReadOnlyList<double>? values))
        {
            return -1;
        }

        int best = -1;
        for (int index = 0; index < values.Count; index++)
        {
            if (double.IsNaN(values[index]))
            {
                continue;
            }
            // In float32, as in the callbacks.
            float current = (float)values[index];
            if (best < 0 || (HigherIsBetter ? current > (float)values[best] : current < (float)values[best]))
            {
                best = index;
            }
        }

        return best;
    }
}
