using System.Diagnostics;
using System.Globalization;
using Cairn.Distributed;

namespace Cairn.Benchmarks.Distributed;

/// <summary>Sums over two processes: <c>Replicas.AllReduce</c> against a loop in C with MPI's own function.</summary>
internal static class AllReduce
{
    public const int DefaultRounds = 3;

    private const int Blocks = 15;

    private const int WarmBlocks = 2;

    // .NET compiles again what runs often, after a while.
    private const int WarmRounds = 20_000;
    private const int WarmMilliseconds = 300;

    private static readonly string[] Counts =
        ["2", "16", "64", "250", "1000", "4000", "16000", "64000", "250000", "1000000", "4000000", "16000000"];

    public static void Print(int rounds)
    {
        foreach ((string name, string launcher, string compiler) in Launch.Installed)
        {
            string program = Path.Combine(AppContext.BaseDirectory, $"allreduce-{compiler}");
            Launch.Run(null, 1, 1, compiler, "-O2", Path.Combine(AppContext.BaseDirectory, "allreduce.c"), "-o", program);
            double[][][] inC = new double[rounds][][];
            double[][][] cairn = new double[rounds][][];
            for (int round = 0; round < rounds; round++)
            {
                inC[round] = Times(Launch.Run(launcher, 2, 1, [program, .. Counts]));
                cairn[round] = Times(Launch.Run(launcher, 2, 1, Launch.Self(["allreduce", .. Counts])));
            }

            Console.WriteLine($"\n| {name}, 2 processes, bytes | MPI_Allreduce in C | MPI_Iallreduce in C | Cairn | Cairn / Allreduce |");
            Console.WriteLine("| ---: | ---: | ---: | ---: | ---: |");
            for (int i = 0; i < Counts.Length; i++)
            {
                double blocking = Launch.Median(inC.Select(times => times[i][0]));
                double tested = Launch.Median(inC.Select(times => times[i][1]));
                double own = Launch.Median(cairn.Select(times => times[i][0]));
                long bytes = sizeof(float) * long.Parse(Counts[i], CultureInfo.InvariantCulture);
                Console.WriteLine(FormattableString.Invariant(
                    $"| {bytes:N0} | {blocking:F2} µs | {tested:F2} µs | {own:F2} µs | {own / blocking:F2} |"));
            }
        }
    }

    /// <summary>The work of a process: the same loops as in allreduce.c.</summary>
    public static void Measure(Replicas replicas, string[] counts)
    {
        for (int warm = 0; warm < 2 * WarmRounds; warm++)
        {
            replicas.AllReduce(new float[1]);
            if (warm == WarmRounds)
            {
                Thread.Sleep(WarmMilliseconds);
            }
        }

        foreach (string text in counts)
        {
            int count = int.Parse(text, CultureInfo.InvariantCulture);
            int rounds = count < 10_000 ? 500 : count < 1_000_000 ? 40 : count < 10_000_000 ? 3 : 1;
            float[] numbers = new float[count];

            double[] times = new double[Blocks];
            for (int block = -WarmBlocks; block < Blocks; block++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int round = 0; round < rounds; round++)
                {
                    replicas.AllReduce(numbers);
                }

                times[Math.Max(0, block)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds;
            }

            double took = Environment.GetEnvironmentVariable("BEST") is null ? Launch.Median(times) : times.Min();
            if (replicas.Rank == 0)
            {
                Console.WriteLine(FormattableString.Invariant($"{count} {took:F3}"));
            }
        }
    }

    // A line has the count, and one time or several.
    private static double[][] Times(string[] lines) =>
        [.. lines.Select(line => line.Split(' ')[1..].Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray())];
}
