using Cairn.Benchmarks.Rival;

namespace Cairn.Benchmarks;

/// <summary>Compares the training step with its matrix products only, which are a lower bound.</summary>
internal static class LimitComparison
{
    private static readonly (long[] Widths, int BatchSize, int Steps)[] Cases =
    [
        ([784, 128, 10], 32, 300),
        ([784, 128, 10], 512, 40),
        ([784, 4096, 4096, 10], 32, 5),
    ];

    public static void Print(int pairs)
    {
        Console.WriteLine();
        Console.WriteLine("| Compared with the lower bound | Cairn `Fit`, per step | Matrix products only | Ratio (median) | Ratios "
            + "(min–max) |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach ((long[] widths, int batchSize, int steps) in Cases)
        {
            Workload workload = widths.Length == 3 ? Workload.Mlp(batchSize, steps) : Workload.LargeMlp(batchSize, steps);
            using var whole = new CairnTraining(workload, CallbackLoad.None);
            using var products = new MatrixProducts(widths, batchSize);
            Comparison found = AlternatingRunner.Run(whole.Run, () => products.Run(steps), steps, pairs);
            Console.WriteLine($"| {workload.Name} | {found.ToCells()} |");
        }
    }
}
