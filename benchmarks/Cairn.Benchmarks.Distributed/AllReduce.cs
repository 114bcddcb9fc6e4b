using System.Diagnostics;
using System.Globalization;
using Cairn.Distributed;

namespace Cairn.Benchmarks.Distributed;

/// <summary>Sums over two processes: <c>Replicas.AllReduce</c> against a loop in C with MPI's own function.</summary>
internal static class AllReduce
{
    public const int DefaultRounds = 7;

    private static readonly string[] Counts = ["1", "1000", "10000", "100000", "1000000", "20000000"];

    public static void Print(int rounds)
    {
        foreach ((string name, string launcher, string compiler) in Launch.Installed)
        {
            string program = Path.Combine(AppContext.BaseDirectory, $"allreduce-{compiler}");
            Launch.Run(null, 1, 1, compiler, "-O2", Path.Combine(AppContext.BaseDirectory, "allreduce.c"), "-o", program);
            double[][] inC = new double[rounds][];
            double[][] cairn = new double[rounds][];
            for (int round = 0; round < rounds; round++)
            {
                inC[round] = Times(Launch.Run(launcher, 2, 1, [program, .. Counts]));
                cairn[round] = Times(Launch.Run(launcher, 2, 1, Launch.Self(["allreduce", .. Counts])));
            }

            Console.WriteLine($"\n| {name}, 2 processes, float32 | C, MPI_Allreduce | Cairn | Ratio |");
            Console.WriteLine("| ---: | ---: | ---: | ---: |");
            for (int i = 0; i < Counts.Length; i++)
            {
                double left = Launch.Median(inC.Select(times => times[i]));
                double right = Launch.Median(cairn.Select(times => times[i]));
                Console.WriteLine(FormattableString.Invariant(
                    $"| {int.Parse(Counts[i]):N0} | {left:F1} µs | {right:F1} µs | {right / left:F2} |"));
            }
        }
    }

    /// <summary>The work of a process: the same loop as in allreduce.c.</summary>
    public static void Measure(Replicas replicas, string[] counts)
    {
        foreach (string text in counts)
        {
            int count = int.Parse(text, CultureInfo.InvariantCulture);
            int rounds = count < 10_000 ? 1000 : count < 1_000_000 ? 200 : 10;
            float[] numbers = new float[count];
            for (int warm = 0; warm < 3 + (rounds / 10); warm++)
            {
                replicas.AllReduce(numbers);
            }

            long start = Stopwatch.GetTimestamp();
            for (int round = 0; round < rounds; round++)
            {
                replicas.AllReduce(numbers);
            }

            double took = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds;
            if (replicas.Rank == 0)
            {
                Console.WriteLine(FormattableString.Invariant($"{count} {took:F2}"));
            }
        }
    }

    private static double[] Times(string[] lines) =>
        [.. lines.Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
}
