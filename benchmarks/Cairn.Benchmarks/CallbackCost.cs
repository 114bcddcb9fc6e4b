using Cairn.Benchmarks.Rival;
using TorchSharp;

namespace Cairn.Benchmarks;

/// <summary>
/// The cost of callbacks in an epoch of 1,000 steps, measured in two ways: the time inside their hooks, which is accurate to microseconds,
/// and the same training with and without them, alternately, which includes their effect on the rest of the step, within the noise.
/// </summary>
/// <remarks>
/// The alternating runs are measured in CPU time of the process with one libtorch thread: a thousandth of an epoch is far below what
/// wall-clock time can resolve on a shared machine.
/// </remarks>
internal static class CallbackCost
{
    private const int Steps = 1_000;

    public static void Print(int pairs)
    {
        int threads = torch.get_num_threads();
        torch.set_num_threads(1);
        var workload = Workload.Mlp(batchSize: 32, Steps);
        using var without = new CairnTraining(workload, CallbackLoad.None);
        Console.WriteLine();
        Console.WriteLine("| Callbacks, epoch of 1,000 steps | Time in their hooks (median) | Share of the epoch (median) | Share "
            + "(min–max) | With vs. without: mean, 95 % confidence interval |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (CallbackLoad load in (CallbackLoad[])[CallbackLoad.None, CallbackLoad.ThreeWithoutFile, CallbackLoad.ThreeWithFile,
            CallbackLoad.Ten])
        {
            (double[] inHooks, double[] shares) = TimeInHooks(workload, load, pairs);
            using var with = new CairnTraining(workload, load);
            Comparison found = AlternatingRunner.Run(with.Run, without.Run, 1, 3 * pairs, () => Environment.CpuUsage.TotalTime);
            (double mean, double reach) = Comparison.MeanWithInterval([.. found.Ratios.Select(ratio => 100 * (ratio - 1))]);
            string name = load == CallbackLoad.ThreeWithFile ? "three, including the checkpoint file"
                : load == CallbackLoad.None ? "none (the noise)" : load.Name;
            Console.WriteLine(
                $"| {name} | {Comparison.Median(inHooks):F3} ms | **{100 * Comparison.Median(shares):F3} %** "
                    + $"| {100 * shares.Min():F3}–{100 * shares.Max():F3} % | {mean:+0.0;-0.0;0.0} ± {reach:F1} % |");
        }

        torch.set_num_threads(threads);
    }

    private static (double[] InHooks, double[] Shares) TimeInHooks(Workload workload, CallbackLoad load, int runs)
    {
        var clock = new HookClock();
        using var training = new CairnTraining(workload, load with { Create = folder => clock.Around(load.Create(folder)) });
        for (int i = 0; i < 2; i++)
        {
            training.Run();
        }

        clock.Take();
        (double[]? inHooks, double[]? shares) = (new double[runs], new double[runs]);
        for (int i = 0; i < runs; i++)
        {
            double epoch = AlternatingRunner.Milliseconds(training.Run);
            inHooks[i] = clock.Take();
            shares[i] = inHooks[i] / epoch;
        }

        return (inHooks, shares);
    }
}
