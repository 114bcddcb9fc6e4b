using System.Globalization;

namespace Cairn.Benchmarks.Distributed;

/// <summary>
/// A model, not a measurement, of the steps of many processes: from the latency and the bandwidth of a link between two of them and the
/// time of a step of one, which are measured.
/// </summary>
internal static class Scaling
{
    private const int Many = 16_000_000;

    // Up to here the numbers go around a ring, then up and down a tree.
    private const int LargestRing = 8;

    private static readonly int[] Processes = [2, 8, 32, 128, 1024];

    public static void Print()
    {
        (string name, string launcher, _) = Launch.Installed[0];
        string[] sums = Launch.Run(launcher, 2, 1, Launch.Self(["allreduce", "2", $"{Many}"]));
        double latency = Microseconds(sums[0]);
        double bytesPerMicrosecond = sizeof(float) * (double)Many / Microseconds(sums[1]);
        Console.WriteLine(FormattableString.Invariant(
            $"\n{name}, link {Launch.Rate ?? "shared memory"}: latency {latency:F1} µs, bandwidth {bytesPerMicrosecond:F0} MB/s"));
        Console.WriteLine(
            $"\n| Weights | 1 process | {string.Join(" | ", Processes.Select(n => $"{n:N0}"))} | 2, measured |");
        Console.WriteLine($"| ---: | ---: | {string.Join(" | ", Processes.Select(_ => "---:"))} | ---: |");
        foreach (Steps.Size size in Steps.Sizes)
        {
            double one = Steps.Milliseconds(Launch.Run(null, 1, 1, Launch.Self(["steps", "plain", .. size.Settings(1)])));
            double two = Steps.Milliseconds(Launch.Run(launcher, 2, 1, Launch.Self(["steps", "plain", .. size.Settings(2)])));
            Console.WriteLine($"| {size.Weights} | {Cell(one)} | " + string.Join(" | ", Processes.Select(n =>
                Cell(one + Exchange(n, size.Bytes)))) + $" | {Cell(two)} |");

            string Cell(double step) => FormattableString.Invariant($"{step:F1} ms ({one / step:P0})");
        }

        double Exchange(int n, double bytes) =>
            ((2 * (n <= LargestRing ? n - 1 : Math.Log2(n)) * latency) + (2 * (n - 1.0) / n * bytes / bytesPerMicrosecond)) / 1000;
    }

    private static double Microseconds(string line) => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
