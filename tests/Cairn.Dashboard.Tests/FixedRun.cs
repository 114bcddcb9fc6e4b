using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Tests;

/// <summary>A run in memory that takes actions.</summary>
internal sealed class FixedRun(string id) : IDashboardRun, IRunActions
{
    public RunLog Log { get; } = new(id, id, "live");

    public List<RequestedAction> Asked { get; } = [];

    public string Id => id;

    public RunSummary Summary => Log.Summarize();

    public IRunActions? Actions => this;

    public string? Ask(RequestedAction asked)
    {
        Asked.Add(asked);
        return null;
    }

    public RunLog Open() => Log;

    public string? FileOf(int index) => RunFiles.Of(Log, index, within: null);
}
