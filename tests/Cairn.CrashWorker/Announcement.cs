using Cairn.Callbacks;
using Cairn.Training;

namespace Cairn.CrashWorker;

/// <summary>Tells the crash test that training has begun, and counts what a restart must not count twice.</summary>
internal sealed class Announcement : Callback
{
    private int batches;

    public override void OnTrainBegin(Logs logs)
    {
        batches = 0;
        Console.WriteLine("training");
    }

    public override void OnTrainBatchEnd(int batch, Logs logs) => batches++;

    public override void OnEpochEnd(int epoch, Logs logs) => logs["batches_so_far"] = batches;

    public override SavedState SaveState()
    {
        var state = new SavedState();
        state.Set("batches", batches);
        return state;
    }

    public override void LoadState(SavedState state) => batches = state.GetInt32("batches");
}
