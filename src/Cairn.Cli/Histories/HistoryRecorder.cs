using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>Keeps the history's file up to date after every epoch, so that not even a killed run loses what it measured.</summary>
internal sealed class HistoryRecorder(string path, History history, History before, int firstEpoch) : Callback
{
    /// <summary>All epochs, those of the runs before this one included.</summary>
    public History Whole => before.ContinuedBy(history, firstEpoch);

    // All is in the history, which is saved by itself.
    public override SavedState SaveState() => new();

    public override void OnEpochEnd(int epoch, Logs logs) => Whole.Save(path);
}
