using System.Diagnostics;
using System.Globalization;
using Cairn.Callbacks;
using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Benchmarks.Distributed;

/// <summary>Steps of a training: two processes of one thread against one process of two threads, on the same batches.</summary>
internal static class Steps
{
    public const int DefaultRounds = 3;

    private const int Features = 256;

    private const int StepsOfEpoch = 8;

    /// <summary>
    /// The models, trained for about ten seconds: in the first ones, .NET compiles methods again, on threads that need the same cores.
    /// </summary>
    public static IReadOnlyList<Size> Sizes { get; } =
        [new Size("0.1 M", 200, 512, 1600), new Size("1 M", 880, 512, 160), new Size("20 M", 4340, 128, 24)];

    private static readonly string[] Variants = ["plain", "overlap", "BFloat16"];

    /// <summary>Writes a table for each MPI.</summary>
    /// <param name="rounds">How often each time is measured.</param>
    /// <param name="only">The weights of the only model, such as 1M; null for all.</param>
    public static void Print(int rounds, string? only)
    {
        foreach ((string name, string launcher, _) in Launch.Installed)
        {
            Console.WriteLine(
                $"\n| {name}, weights | 1 process × 2 threads | {string.Join(" | ", Variants.Select(one => $"2 × 1, {one}"))} |");
            Console.WriteLine($"| ---: | ---: | {string.Join(" | ", Variants.Select(_ => "---:"))} |");
            foreach (Size size in Sizes.Where(size => only is null || size.Weights.Replace(" ", "") == only))
            {
                string[] settings = size.Settings(1);
                double[] alone = new double[rounds];
                double[][] together = [.. Variants.Select(_ => new double[rounds])];
                for (int round = 0; round < rounds; round++)
                {
                    alone[round] = Milliseconds(Launch.Run(null, 1, 2, Launch.Self(["steps", "plain", .. settings])));
                    for (int i = 0; i < Variants.Length; i++)
                    {
                        together[i][round] = Milliseconds(Launch.Run(launcher, 2, 1, Launch.Self(["steps", Variants[i], .. settings])));
                    }
                }

                double one = Launch.Median(alone);
                IEnumerable<string> cells = together.Select(times =>
                    FormattableString.Invariant($"{Launch.Median(times):F2} ms ({Launch.Median(times) / one:F2})"));
                Console.WriteLine(FormattableString.Invariant($"| {size.Weights} | {one:F2} ms | {string.Join(" | ", cells)} |"));
            }
        }
    }

    /// <summary>The work of a process.</summary>
    public static void Measure(Replicas replicas, string[] settings)
    {
        int units = int.Parse(settings[1], CultureInfo.InvariantCulture);
        int batch = int.Parse(settings[2], CultureInfo.InvariantCulture);
        int epochs = int.Parse(settings[3], CultureInfo.InvariantCulture);
        var random = new Random(1);
        float[,] x = new float[batch * StepsOfEpoch, Features];
        float[,] y = new float[batch * StepsOfEpoch, 1];
        for (int row = 0; row < batch * StepsOfEpoch; row++)
        {
            y[row, 0] = random.NextSingle();
            for (int column = 0; column < Features; column++)
            {
                x[row, column] = random.NextSingle();
            }
        }

        using var model = new Sequential(
            [new Input([Features]), new Dense(units, "relu"), new Dense(units, "relu"), new Dense(32, "relu"), new Dense(1)],
            seed: 1);
        model.Compile(new SGD(0.001), "mse");
        model.Distribute(settings[0] switch
        {
            "plain" => new DataParallel(replicas),
            "overlap" => new DataParallel(replicas, overlap: true),
            _ => new DataParallel(replicas, gradientFormat: Enum.Parse<GradientFormat>(settings[0])),
        });
        var clock = new Clock();
        model.Fit(x, y, batchSize: batch, epochs: epochs + 1, verbose: 0, shuffle: false, callbacks: [clock]);
        if (replicas.Rank == 0)
        {
            // In the first half, .NET still compiles methods.
            Console.WriteLine(FormattableString.Invariant(
                $"{clock.Milliseconds.Skip(clock.Milliseconds.Count / 2).Average() / StepsOfEpoch:F4}"));
        }
    }

    /// <summary>What a process wrote.</summary>
    public static double Milliseconds(string[] lines) => double.Parse(lines.Single(), CultureInfo.InvariantCulture);

    /// <summary>A model and its batches.</summary>
    internal sealed record Size(string Weights, int Units, int Batch, int Epochs)
    {
        /// <summary>How many bytes its gradients have.</summary>
        public double Bytes => sizeof(float) * (double)((Features + 1 + Units + 1 + 32) * Units);

        /// <summary>The arguments of <see cref="Measure"/>, with a number of batches at once.</summary>
        public string[] Settings(int batches) =>
            [$"{Units}", $"{Batch * batches}", $"{(Launch.Rate is null ? Epochs : (Epochs + 3) / 4)}"];
    }

    // The hooks of batches would add an exchange to each step.
    private sealed class Clock : Callback
    {
        private long start;

        public List<double> Milliseconds { get; } = [];

        public override void OnEpochBegin(int epoch, Logs logs) => start = Stopwatch.GetTimestamp();

        public override void OnEpochEnd(int epoch, Logs logs) => Milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
