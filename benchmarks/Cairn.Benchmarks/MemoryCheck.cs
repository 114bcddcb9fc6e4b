using System.Diagnostics;
using Cairn.Benchmarks.Rival;

namespace Cairn.Benchmarks;

/// <summary>Resident memory before and after many training steps, which shows leaks.</summary>
internal static class MemoryCheck
{
    // During the first thousands of steps the runtime recompiles hot methods and adjusts the sizes of its heaps.
    private const int WarmUpSteps = 10_000;
    private const int Steps = 20_000;
    private const int StepsARun = 500;

    public static void Print()
    {
        using var training = new CairnTraining(Workload.Mlp(batchSize: 32, steps: StepsARun), CallbackLoad.None);
        for (int done = 0; done < WarmUpSteps; done += StepsARun)
        {
            training.Run();
        }

        double before = ResidentMegabytes();
        for (int done = 0; done < Steps; done += StepsARun)
        {
            training.Run();
        }

        double after = ResidentMegabytes();
        long managedBefore = GC.GetAllocatedBytesForCurrentThread();
        training.Run();
        double managed = (double)(GC.GetAllocatedBytesForCurrentThread() - managedBefore) / StepsARun;
        Console.WriteLine();
        Console.WriteLine("| Memory | Resident after warm-up | After 20,000 more steps | Growth | Managed bytes per step |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Console.WriteLine($"| MLP 784-128-10, batch 32 | {before:F1} MB | {after:F1} MB | {after - before:+0.0;-0.0;0.0} MB "
            + $"| {managed:N0} |");
    }

    public static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private static double ResidentMegabytes()
    {
        // Aggressive, so that memory from creating the data is returned too and does not hide a leak of the steps.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
