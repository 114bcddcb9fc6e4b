using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Posts;

/// <summary>A run that another program posts, epoch by epoch. It is in memory only.</summary>
internal sealed class PostedRun(string id, string name) : IDashboardRun
{
    private const int MostEpochs = 100_000;
    private readonly Lock gate = new();
    private int last = -1;

    public string Id => id;

    /// <summary>The values.</summary>
    public RunLog Log { get; } = new(id, name, "posted") { Status = RunStatus.Running };

    public RunSummary Summary => Log.Summarize();

    public IRunActions? Actions => null;

    /// <summary>Adds an epoch, if it follows the earlier ones.</summary>
    /// <returns>Whether it was added; if not, a new run has started.</returns>
    public bool Add(EpochRow row)
    {
        lock (gate)
        {
            if (row.Epoch <= last || last >= MostEpochs)
            {
                return false;
            }

            last = row.Epoch;
            Log.Add(row);
            return true;
        }
    }

    public RunLog Open() => Log;

    public string? FileOf(int index) => null;
}
