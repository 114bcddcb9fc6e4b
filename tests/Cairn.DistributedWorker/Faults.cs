using System.Diagnostics;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Distributed;
using Cairn.Distributed.Mpi;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker;

/// <summary>Trainings in which something goes wrong, mostly in the last process.</summary>
internal static class Faults
{
    private const int Epochs = 1_000_000;

    /// <summary>Trains until it fails, or is killed.</summary>
    /// <param name="kind">What goes wrong.</param>
    /// <param name="distribution">How it trains.</param>
    /// <param name="replicas">The processes.</param>
    public static void Run(string kind, DataParallel distribution, Replicas replicas)
    {
        bool isLast = replicas.Rank == replicas.Size - 1;
        int units = kind == "other-model" && isLast ? 9 : 8;
        var model = new Sequential([new Input([6]), new Dense(units, activation: "tanh", name: "hidden"), new Dense(1)], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.01), "mse", kind == "metric" ? [new LargestError()] : []);
        if (kind.StartsWith("stream-", StringComparison.Ordinal))
        {
            Dataset data = Stream(kind, isLast);
            Dataset held = Stream(kind == "stream-held" ? "stream-rows" : "", isLast);
            model.Fit(data, epochs: Epochs, verbose: 0, callbacks: [new Trouble("")], validationData: kind == "stream-held" ? held : null);
            return;
        }

        (NDArray x, NDArray y) = TrainingData.Regression(64, 6, seed: kind == "other-data" && isLast ? 4 : 3);
        Callback[] checkpoint = kind switch
        {
            "disk" => [new ModelCheckpoint("/proc/cairn/model.h5")],
            "full-disk" => [new ModelCheckpoint("model.h5")],
            "full-disk-of-backups" => [new BackupAndRestore("backup")],
            _ => [],
        };
        if (kind == "leaves")
        {
            // The last process does not train a second time; the others don't know.
            model.Fit(x, y, batchSize: 16, epochs: 2, verbose: 0);
            if (isLast)
            {
                return;
            }
        }

        model.Fit(x, y, batchSize: 16, epochs: Epochs, verbose: 0, callbacks: [new Trouble(kind), .. checkpoint]);
    }

    /// <summary>Trains; the last process stops when all have left, and MPI has not ended.</summary>
    public static void StopAtTheEnd(Replicas replicas)
    {
        _ = Outcome.Of(Scenario.All["plain"], new DataParallel(replicas));
        Console.Out.Write($"rank {replicas.Rank} pid {Environment.ProcessId}\n");
        if (replicas.Rank == replicas.Size - 1)
        {
            ((MpiCollective)replicas.Collective).HasLeft = () =>
                Process.Start("kill", ["-STOP", $"{Environment.ProcessId}"]).WaitForExit();
        }
    }

    // Batches of code, of which those of the last process are others.
    private static Dataset Stream(string kind, bool isLast)
    {
        return Dataset.From(Batches());

        IEnumerable<Batch> Batches()
        {
            for (int i = 0; i < (kind == "stream-end" && isLast ? 3 : 4); i++)
            {
                (NDArray x, NDArray y) = TrainingData.Regression(
                    kind == "stream-rows" && isLast && i == 2 ? 12 : 16, 6, seed: kind == "stream-numbers" && isLast && i == 2 ? 77 : i);
                yield return new Batch(x, y);
            }
        }
    }

    private sealed class Trouble(string kind) : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            if (epoch == 0)
            {
                Console.Out.Write($"rank {Params.Rank} pid {Environment.ProcessId}\n");
                return;
            }

            if (Params.Rank < Params.Replicas - 1)
            {
                return;
            }

            switch (kind)
            {
                case "throw":
                    throw new InvalidDataException("the callback is broken");
                case "memory":
                    FillMemory();
                    break;
                case "exit":
                    Environment.Exit(3);
                    break;
                case "diverge":
                    Variable kernel = Model.Weights[2];
                    kernel.Assign(NDArray.From([.. kernel.ToNDArray().ToArray().Select(one => one + 1e-3f)], kernel.Shape));
                    break;
                default:
                    break;
            }
        }

        // The test limits the heap.
        private static void FillMemory()
        {
            for (var kept = new List<byte[]>(); ; kept.Add(new byte[16 << 20]))
            {
                if (kept.Count > 1000)
                {
                    throw new InvalidOperationException("Memory did not run out.");
                }
            }
        }
    }
}
