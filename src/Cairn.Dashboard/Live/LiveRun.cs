using Cairn.Callbacks;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Live;

/// <summary>A training of this program on the page.</summary>
internal sealed class LiveRun : IDashboardRun, IRunActions
{
    private static int last;
    private readonly Func<RequestedAction, string?> ask;
    private bool ended;

    /// <summary>Creates a run.</summary>
    /// <param name="name">Its name on the page.</param>
    /// <param name="ask">Receives the actions of the page.</param>
    public LiveRun(string name, Func<RequestedAction, string?> ask)
    {
        this.ask = ask;
        Log = new RunLog($"live-{Interlocked.Increment(ref last)}", name, "live");
    }

    /// <summary>Its values and events.</summary>
    public RunLog Log { get; }

    public string Id => Log.Id;

    public IRunActions? Actions => ended ? null : this;

    public RunSummary Summary => Log.Summarize();

    public RunLog Open() => Log;

    /// <summary>Adds the new entries of the history.</summary>
    /// <returns>Whether there were new entries.</returns>
    public bool Follow(History history)
    {
        long before = Log.Version;
        Log.Follow(history);
        return Log.Version != before;
    }

    public void Report(RunProgress now) => Log.Progress = now;

    public void End(RunStatus status)
    {
        ended = true;
        Log.Status = status;
    }

    public string? Ask(RequestedAction asked) => ask(asked);

    public string? FileOf(int index) => RunFiles.Of(Log, index, within: null);
}
