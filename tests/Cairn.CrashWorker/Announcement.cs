using Cairn.Callbacks;

namespace Cairn.CrashWorker;

/// <summary>Reports the position of the run to the crash test, one line each, and counts what a restart must not count twice.</summary>
internal sealed class Announcement : Callback
{
    private int batches;

    public override void OnTrainBegin(Logs logs)
    {
        batches = 0;
        Tell("training");
    }

    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        batches++;
        Tell("batch");
    }

    public override void OnTestBatchEnd(int batch, Logs logs) => Tell("validating");

    public override void OnEpochEnd(int epoch, Logs logs)
    {
        logs["batches_so_far"] = batches;
        Tell("epoch");
    }

    public override void OnTrainEnd(Logs logs) => Tell("ending");

    public override SavedState SaveState()
    {
        var state = new SavedState();
        state.Set("batches", batches);
        return state;
    }

    public override void LoadState(SavedState state) => batches = state.GetInt32("batches");

    /// <summary>Reports immediately.</summary>
    public static void Tell(string where) => Console.Out.Write(where + "\n");
}
