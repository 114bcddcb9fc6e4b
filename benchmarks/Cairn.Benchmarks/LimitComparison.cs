namespace Cairn.Benchmarks;

/// <summary>The whole training step against nothing but its matrix products: how far from the machine's limit it is.</summary>
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
        Console.WriteLine("| Distance from the limit | Cairn `Fit`, a step | Its matrix products alone | Ratio (median) | Ratios "
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
