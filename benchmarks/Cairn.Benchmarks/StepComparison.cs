using Cairn.Benchmarks.Rival;

namespace Cairn.Benchmarks;

/// <summary>
/// Time per training step: <c>model.Fit</c> compared with the loop written by hand, each in a separate process with the usual settings of
/// its programs. The processes take turns.
/// </summary>
internal static class StepComparison
{
    /// <summary>Measures the workloads.</summary>
    /// <param name="pairs">Rounds; in each, every process runs one epoch.</param>
    /// <param name="keys">Keys of the workloads, or empty for all.</param>
    /// <param name="isBusy">Whether another thread needs a core meanwhile.</param>
    /// <param name="python">A Python with Keras and PyTorch to compare with these instead, or null.</param>
    public static void Print(int pairs, IReadOnlyCollection<string> keys, bool isBusy, string? python = null)
    {
        string rival = python is null ? "By hand" : "Keras on PyTorch";
        Console.WriteLine();
        Console.WriteLine($"| Training step{(isBusy ? ", one busy neighbor" : "")} | Cairn `Fit` | {rival} | Ratio (median) | Ratios "
            + $"(min–max) | Processor time, Cairn | {rival} | Ratio (median) | Page faults, Cairn | {rival} |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        using BusyNeighbor? neighbor = isBusy ? new() : null;
        foreach (Workload workload in Workload.All.Where(workload => keys.Count == 0 || keys.Contains(workload.Key)))
        {
            Compare(workload, pairs, withCallbacks: false, python);
            if (workload.Key == "mlp-32" && python is null)
            {
                // An epoch with callbacks writes one checkpoint, flushed to the disk.
                Compare(workload, pairs, withCallbacks: true, python);
            }
        }
    }

    private static void Compare(Workload workload, int pairs, bool withCallbacks, string? python)
    {
        using var ours = WorkerProcess.Cairn(workload, withCallbacks);
        List<(string Note, WorkerProcess Process, List<Measurement> Found)> rivals =
            [("", python is null ? WorkerProcess.ByHand(workload, channelsLast: false) : WorkerProcess.Keras(workload, python), [])];
        if (workload.HasTwoLayouts && python is null)
        {
            rivals[0] = rivals[0] with { Note = ", by hand channels first" };
            rivals.Add((", by hand channels last", WorkerProcess.ByHand(workload, channelsLast: true), []));
        }

        List<Measurement> found = [];
        for (int round = 0; round < pairs; round++)
        {
            // The order alternates.
            if (round % 2 == 0)
            {
                found.Add(ours.Measure() / workload.Steps);
            }

            foreach ((_, WorkerProcess process, List<Measurement> rivalFound) in rivals)
            {
                rivalFound.Add(process.Measure() / workload.Steps);
            }

            if (round % 2 == 1)
            {
                found.Add(ours.Measure() / workload.Steps);
            }
        }

        foreach ((string note, WorkerProcess process, List<Measurement> rivalFound) in rivals)
        {
            process.Dispose();
            string name = $"{workload.Name}{(withCallbacks ? ", three callbacks" : "")}{note}";
            Console.WriteLine($"| {name} | {Cells(found, rivalFound)} |");
        }
    }

    private static string Cells(List<Measurement> ours, List<Measurement> theirs)
    {
        var wall = new Comparison([.. ours.Select(m => m.Wall)], [.. theirs.Select(m => m.Wall)]);
        var processor = new Comparison([.. ours.Select(m => m.Processor)], [.. theirs.Select(m => m.Processor)]);
        return $"{wall.ToCells()} | {processor.OurMedian:F3} ms | {processor.TheirMedian:F3} ms "
            + $"| **{Comparison.Median(processor.Ratios):F2}** | {Comparison.Median(ours.Select(m => m.Faults)):F0} "
            + $"| {Comparison.Median(theirs.Select(m => m.Faults)):F0}";
    }
}
