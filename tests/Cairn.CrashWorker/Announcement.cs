using System.Diagnostics;
using System.Globalization;
using Cairn.Callbacks;

namespace Cairn.CrashWorker;

/// <summary>Reports the position of the run to the crash test, one line each, and counts what a restart must not count twice.</summary>
internal sealed class Announcement : Callback
{
    // CAIRN_DIE_AT="epoch 3": the process kills itself at the third report of an epoch, however slowly the test reads.
    private static readonly string[]? Death = Environment.GetEnvironmentVariable("CAIRN_DIE_AT")?.Split(' ');
    private static int left = Death is null ? 0 : int.Parse(Death[1], CultureInfo.InvariantCulture);

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
    public static void Tell(string where)
    {
        Console.Out.Write(where + "\n");
        if (where == Death?[0] && Interlocked.Decrement(ref left) == 0)
        {
            Process.GetCurrentProcess().Kill();
        }
    }
}
