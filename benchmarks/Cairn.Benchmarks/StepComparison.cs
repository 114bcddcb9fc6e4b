namespace Cairn.Benchmarks;

/// <summary>Time per training step: <c>model.Fit</c> compared with the hand-written loop, with and without callbacks.</summary>
internal static class StepComparison
{
    // An epoch with callbacks writes one checkpoint, flushed to the disk. It therefore has 600 steps, a third of those of MNIST.
    private static readonly (Workload Workload, bool WithCallbacks)[] Cases =
    [
        (Workload.Mlp(batchSize: 32, steps: 300), false),
        (Workload.Mlp(batchSize: 32, steps: 600), true),
        (Workload.Mlp(batchSize: 32, steps: 300, logits: false), false),
        (Workload.Mlp(batchSize: 512, steps: 40), false),
        (Workload.Tabular(batchSize: 512, steps: 100), false),
        (Workload.Lstm(batchSize: 32, steps: 20), false),
        (Workload.Gru(batchSize: 32, steps: 20), false),
        (Workload.LargeMlp(batchSize: 32, steps: 5), false),
        (Workload.Cnn(batchSize: 32, steps: 30), false),
    ];

    public static void Print(int pairs)
    {
        Console.WriteLine();
        Console.WriteLine("| Training step | Callbacks | Cairn `Fit` | TorchSharp by hand | Ratio (median) | Ratios (min–max) |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach ((Workload workload, bool withCallbacks) in Cases)
        {
            using var ours = new CairnTraining(workload, withCallbacks ? CallbackLoad.ThreeWithFile : CallbackLoad.None);
            using var theirs = HandWrittenTraining.Fastest(workload);
            Comparison found = AlternatingRunner.Run(ours.Run, theirs.Run, workload.Steps, pairs);
            Console.WriteLine($"| {workload.Name}{(theirs.ChannelsLast ? " (by hand also with channels last)" : "")} "
                + $"| {(withCallbacks ? "three" : "none")} | {found.ToCells()} |");
        }
    }
}
