using System.Diagnostics;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>
/// How long a checkpoint of a 100 MB model stalls the training, synchronous and in the background, compared with one copy of its weights;
/// and the time of whole runs with and without checkpoints. An epoch is longer than a save.
/// </summary>
/// <remarks>
/// The stall is compared with two copies: one in a tight loop, into memory that has been used before, and one where a checkpoint makes it,
/// at the end of an epoch, when the caches contain the last step and libtorch's other threads sleep.
/// </remarks>
internal static class CheckpointStall
{
    public const int DefaultRounds = 2;
    public const int DefaultSteps = 30;
    private const int Units = 4_600;
    private const int Inputs = 784;
    private const int BatchSize = 64;
    private const int Epochs = 5;
    private const int Copies = 20;
    private const string OneCopy = "one copy of the weights, no file";
    private const string None = "none";
    private static readonly string[] Kinds = [OneCopy, "synchronous", "in the background", "backup of the run", "backup in the background"];

    /// <param name="rounds">Runs of each kind.</param>
    /// <param name="steps">Batches per epoch; determines the length of an epoch relative to a save.</param>
    public static void Print(int rounds, int steps)
    {
        using Sequential model = Create();
        long bytes = model.CountParams() * sizeof(float);
        double tight = TimeOfCopy(model);
        Console.WriteLine();
        Console.WriteLine($"Model 784-{Units}-{Units}-10, SGD, {bytes / 1e6:F0} MB of weights, {steps} steps per epoch, {Epochs} epochs. A "
            + $"copy in a tight loop takes {tight:F1} ms (median of {Copies}).");
        Console.WriteLine();
        Console.WriteLine("| Checkpoint after every epoch | Stall of the training (median) | Range | vs. a copy at the end of an epoch | "
            + "vs. a copy in a tight loop | Run (median) | vs. runs without | Range |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        Dictionary<string, List<CheckpointedRun>> runs = Kinds.ToDictionary(kind => kind, _ => new List<CheckpointedRun>());
        CheckpointedRun before = Run(None, steps);
        for (int round = 0; round < rounds; round++)
        {
            foreach (string kind in Kinds)
            {
                // Each run is between two runs without checkpoints, so that drift of the machine affects both sides.
                CheckpointedRun run = Run(kind, steps);
                CheckpointedRun after = Run(None, steps);
                runs[kind].Add(run with { AgainstNone = run.Seconds / ((before.Seconds + after.Seconds) / 2) });
                before = after;
            }
        }

        double copy = Comparison.Median(runs[OneCopy].SelectMany(run => run.Stalls));
        foreach (string kind in Kinds)
        {
            double[] stalls = [.. runs[kind].SelectMany(run => run.Stalls)];
            double stall = Comparison.Median(stalls);
            double[] ratios = [.. runs[kind].Select(run => run.AgainstNone)];
            Console.WriteLine(
                $"| {kind} | {stall:F1} ms | {stalls.Min():F1}–{stalls.Max():F1} | {stall / copy:F2} | {stall / tight:F2} "
                + $"| {Comparison.Median(runs[kind].Select(run => run.Seconds)):F2} s | {Comparison.Median(ratios):F3} "
                + $"| {ratios.Min():F3}–{ratios.Max():F3} |");
        }
    }

    private static CheckpointedRun Run(string kind, int steps)
    {
        string folder = Directory.CreateTempSubdirectory("cairn-checkpoint-").FullName;
        try
        {
            using Sequential model = Create();
            var stalls = new List<double>();
            long start = 0;
            Tensor[] copies = [.. model.Weights.Select(weight => zeros_like(weight.Value, requires_grad: false))];
            Callback? checkpoint = kind switch
            {
                OneCopy => new LambdaCallback(onEpochEnd: (_, _) => Copy(model, copies)),
                "synchronous" => new ModelCheckpoint(Path.Combine(folder, "model.h5"), "loss"),
                "in the background" => new ModelCheckpoint(Path.Combine(folder, "model.h5"), "loss", asynchronous: true),
                "backup in the background" => new BackupAndRestore(Path.Combine(folder, "backup"), asynchronous: true),
                "backup of the run" => new BackupAndRestore(Path.Combine(folder, "backup")),
                _ => null,
            };
            Callback[] callbacks = checkpoint is null ? [] :
            [
                new LambdaCallback(onEpochEnd: (_, _) => start = Stopwatch.GetTimestamp()),
                checkpoint,

                // A backup is made after the hooks of all callbacks, before the next epoch begins.
                new LambdaCallback(
                    onEpochEnd: (_, _) => Note(checkpoint is not BackupAndRestore),
                    onEpochBegin: (epoch, _) => Note(epoch > 0 && checkpoint is BackupAndRestore)),
            ];
            (NDArray x, NDArray y) = Data(steps);
            var clock = Stopwatch.StartNew();
            model.Fit(x, y, BatchSize, Epochs, verbose: 0, callbacks: callbacks);
            return new CheckpointedRun([.. stalls], clock.Elapsed.TotalSeconds);

            void Note(bool counts)
            {
                if (counts)
                {
                    stalls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Sequential Create()
    {
        var model = new Sequential(
            [new Input([Inputs]), new Dense(Units, activation: "relu"), new Dense(Units, activation: "relu"), new Dense(10)], seed: 1);
        model.Compile(new SGD(0.001), "mse");
        model.Build([Shape.None, Inputs]);
        return model;
    }

    private static (NDArray X, NDArray Y) Data(int steps)
    {
        var random = new Random(1);
        float[,] x = new float[BatchSize * steps, Inputs];
        for (int row = 0; row < x.GetLength(0); row++)
        {
            for (int column = 0; column < Inputs; column++)
            {
                x[row, column] = (float)random.NextDouble();
            }
        }

        return (x, new float[BatchSize * steps, 10]);
    }

    private static double TimeOfCopy(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor[] copies = [.. model.Weights.Select(weight => empty_like(weight.Value))];
        var times = new List<double>();
        for (int round = 0; round <= Copies; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Copy(model, copies);
            // The first copy allocates the memory.
            if (round > 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return Comparison.Median(times);
    }

    private static void Copy(Model model, Tensor[] copies)
    {
        using IDisposable _ = no_grad();
        IReadOnlyList<Variable> weights = model.Weights;
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i].copy_(weights[i].Value);
        }
    }

    private sealed record CheckpointedRun(double[] Stalls, double Seconds)
    {
        /// <summary>The time of the run relative to the mean of the runs before and after it, which have no checkpoints.</summary>
        public double AgainstNone { get; init; }
    }
}
