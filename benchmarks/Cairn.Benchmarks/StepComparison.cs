namespace Cairn.Benchmarks;

/// <summary>Time of a training step: <c>model.Fit</c> against the hand-written loop, with and without callbacks.</summary>
internal static class StepComparison
{
    private static readonly Workload[] Workloads =
    [
        Workload.Mlp(batchSize: 32, steps: 200, epochs: 3),
        Workload.Mlp(batchSize: 32, steps: 200, epochs: 3, logits: false),
        Workload.Mlp(batchSize: 512, steps: 20, epochs: 5),
        Workload.Cnn(batchSize: 32, steps: 20, epochs: 2),
    ];

    public static void Print(int pairs)
    {
        Console.WriteLine();
        Console.WriteLine("| Training step | Callbacks | Cairn `Fit` | TorchSharp by hand | Ratio (median) | Ratios (min–max) |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (Workload workload in Workloads)
        {
            foreach (bool withCallbacks in (bool[])[false, true])
            {
                using var ours = new CairnTraining(workload, withCallbacks);
                using var theirs = new HandWrittenTraining(workload);
                Comparison found = AlternatingRunner.Run(ours.Run, theirs.Run, workload.TotalSteps, pairs);
                Console.WriteLine($"| {workload.Name} | {(withCallbacks ? "three" : "none")} | {found.ToCells()} |");
            }
        }
    }
}
