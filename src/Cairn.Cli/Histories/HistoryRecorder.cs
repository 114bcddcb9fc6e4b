using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>Saves the history after every epoch, so that a killed run keeps its values.</summary>
internal sealed class HistoryRecorder(string path, History history, History before, int firstEpoch) : Callback
{
    /// <summary>All epochs, including those of earlier runs.</summary>
    public History Whole => before.ContinuedBy(history, firstEpoch);

    public override bool OnlyOnFirstReplica => true;

    // The state is in the history, which saves itself.
    public override SavedState SaveState() => new();

    public override void OnEpochEnd(int epoch, Logs logs) => Whole.Save(path);
}
