using Cairn.Callbacks;

namespace Cairn.Dashboard.Tests;

/// <summary>Does something at one batch of one epoch, after the other callbacks of that batch before it.</summary>
internal sealed class At(int epoch, int batch, Action act) : Callback
{
    private int now;

    public override void OnEpochBegin(int epoch, Logs logs) => now = epoch;

    public override void OnTrainBatchBegin(int index, Logs logs)
    {
        if (now == epoch && index == batch)
        {
            act();
        }
    }

    public override SavedState SaveState() => new();

    public override void LoadState(SavedState state)
    {
    }
}
