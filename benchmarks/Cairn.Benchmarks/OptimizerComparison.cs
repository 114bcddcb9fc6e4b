namespace Cairn.Benchmarks;

/// <summary>The optimizer step only, measured alternately.</summary>
internal static class OptimizerComparison
{
    private const int Steps = 500;

    public static void Print(int pairs)
    {
        using var pass = new OptimizerPass();
        Comparison found = AlternatingRunner.Run(() => Repeat(pass.Ours), () => Repeat(pass.Theirs), Steps, pairs);
        Console.WriteLine();
        Console.WriteLine("| Optimizer only | Cairn | `torch.optim.Adam.step` | Ratio (median) | Ratios (min–max) |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Console.WriteLine($"| Adam, 101,770 parameters in four tensors | {found.ToCells("µs", 1000)} |");
    }

    private static void Repeat(Action step)
    {
        for (int i = 0; i < Steps; i++)
        {
            step();
        }
    }
}
