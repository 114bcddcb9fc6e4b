using TorchSharp;

namespace Cairn.Benchmarks;

/// <summary>What callbacks add to an epoch of 1,000 steps: the same training with and without them, in turns.</summary>
/// <remarks>
/// Measured in processor time of the process on one libtorch thread: a thousandth of an epoch is far below what the clock on the wall
/// shows on a shared machine.
/// </remarks>
internal static class CallbackCost
{
    private const int Steps = 1_000;

    public static void Print(int pairs)
    {
        int threads = torch.get_num_threads();
        torch.set_num_threads(1);
        Workload workload = Workload.Mlp(batchSize: 32, Steps);
        using var without = new CairnTraining(workload, CallbackLoad.None);
        Console.WriteLine();
        Console.WriteLine("| Callbacks, epoch of 1,000 steps | With them | Without | Added (median) | Added (min–max) |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (CallbackLoad load in (CallbackLoad[])[CallbackLoad.None, CallbackLoad.ThreeWithoutFile, CallbackLoad.ThreeWithFile, CallbackLoad.Ten])
        {
            using var with = new CairnTraining(workload, load);
            Comparison found = AlternatingRunner.Run(with.Run, without.Run, 1, 3 * pairs, () => Environment.CpuUsage.TotalTime);
            double[] added = [.. found.Ratios.Select(ratio => 100 * (ratio - 1))];
            string name = load == CallbackLoad.ThreeWithFile ? "three, and the file of the checkpoint" : load == CallbackLoad.None ? "none (the noise)" : load.Name;
            Console.WriteLine($"| {name} | {found.OurMedian:F1} ms | {found.TheirMedian:F1} ms | **{Comparison.Median(added):+0.0;-0.0;0.0} %** | {added.Min():+0.0;-0.0;0.0}–{added.Max():+0.0;-0.0;0.0} % |");
        }

        torch.set_num_threads(threads);
    }
}
