using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Distributed;
using Cairn.Distributed.Mpi;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Replication;
using Cairn.Training.Plan;

namespace Cairn.DistributedWorker;

/// <summary>Gradients that are added up while the optimizer updates the weights, compared with those that are added up before.</summary>
internal static class Stretches
{
    // 127 · 129 is one less than a stretch, 128 · 128 a stretch, 129 · 128 and 128 · 257 have a rest.
    private const int Inputs = 127;
    private static readonly int[] Units = [129, 128, 128, 257, 1];

    // 16, 16 and 1: one process has no row in the last step.
    private const int Rows = 33;
    private const int Batch = 16;
    private const int Epochs = 2;
    private const int Steps = 3 * Epochs;

    /// <summary>Trains, and throws an exception if bits differ or sums are made in another way than expected.</summary>
    public static void Check(Replicas replicas)
    {
        Func<Optimizer>[] optimizers =
            [() => new SGD(0.01), () => new SGD(0.01, momentum: 0.9, nesterov: true), () => new Adam(weightDecay: 0.01), () => new Nadam()];
        foreach (Func<Optimizer> optimizer in optimizers)
        {
            float[][] whole = Train(replicas, optimizer(), inStretches: false, mayPlan: true, new Watching());
            RequireSame(whole, Train(replicas, optimizer(), inStretches: replicas.Size == 2, mayPlan: true), optimizer());

            // Without a plan, libtorch creates the gradients; it rounds in another way.
            whole = Train(replicas, optimizer(), inStretches: false, mayPlan: false, new Watching());
            RequireSame(whole, Train(replicas, optimizer(), inStretches: replicas.Size == 2, mayPlan: false), optimizer());
        }

        // All trainings have used the same memory.
        var collective = (MpiCollective)replicas.Collective;
        long least = AreShared(replicas) ? sizeof(float) * Lengths().Sum(length => (long)length) : 0;
        if (collective.GradientMemory < least || collective.GradientMemory > 2 * least)
        {
            throw new InvalidOperationException($"{collective.GradientMemory} bytes were created for gradients of {least} bytes.");
        }

        CheckUnused(replicas);
    }

    // A layer between whose gradients libtorch creates: all gradients are copied, and need no memory besides.
    private static void CheckUnused(Replicas replicas)
    {
        var collective = (MpiCollective)replicas.Collective;
        (long memory, long copied) = (collective.GradientMemory, collective.StretchesAdded);
        using var model = new Sequential(
            [
                new Input([9, 9, 2]), new Conv2D(8, 3), new BatchNormalization(synchronized: true), new Activation("relu"), new Flatten(),
                new Dense(600), new Dense(1),
            ],
            seed: 5);
        model.Distribute(new DataParallel(replicas));
        model.Compile("sgd", "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(Rows, 9 * 9 * 2);
        model.Fit(NDArray.From(x.ToArray(), [Rows, 9, 9, 2]), y, batchSize: Batch, epochs: Epochs, verbose: 0);
        (memory, copied) = (collective.GradientMemory - memory, collective.StretchesAdded - copied);
        if (memory > 0 || (copied > 0) != (replicas.Size == 2))
        {
            throw new InvalidOperationException($"{memory} bytes were created in vain, and {copied} stretches copied.");
        }
    }

    /// <summary>Whether the processes compute gradients in memory that they share.</summary>
    public static bool AreShared(Replicas replicas) => replicas.Size == 2 && StepPlan.IsOn;

    private static void RequireSame(float[][] expected, float[][] actual, Optimizer optimizer)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!MemoryMarshal.AsBytes<float>(expected[i]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[i])))
            {
                throw new InvalidOperationException($"Weight {i} differs with {optimizer.ClassName}.");
            }
        }
    }

    private static float[][] Train(Replicas replicas, Optimizer optimizer, bool inStretches, bool mayPlan, params Callback[] callbacks)
    {
        var collective = (MpiCollective)replicas.Collective;
        (long copied, long shared) = (collective.StretchesAdded, collective.SharedStretchesAdded);
        using var model = new Sequential([new Input([Inputs]), .. Units.Select(units => new Dense(units, activation: "tanh"))], seed: 5);
        model.MayPlan = mayPlan;
        model.Distribute(new DataParallel(replicas));
        model.Compile(optimizer, "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(Rows, Inputs);
        model.Fit(x, y, batchSize: Batch, epochs: Epochs, verbose: 0, callbacks: callbacks);

        // A plan asks for shared memory in the first step, and then computes the gradients there.
        int inMemory = !inStretches ? 0 : mayPlan && StepPlan.IsOn ? Steps - 1 : 0;
        Require("copied", collective.StretchesAdded - copied, inStretches ? (Steps - inMemory) * StretchesOf(IStretchedSums.Longest) : 0);
        Require("shared", collective.SharedStretchesAdded - shared, inMemory * StretchesOf(SharedGradients.Block));
        return [.. model.Weights.Select(weight => weight.ToNDArray().ToArray())];
    }

    private static void Require(string which, long actual, long expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{actual} {which} stretches were added up instead of {expected}.");
        }
    }

    private static long StretchesOf(int longest) => Lengths().Sum(length => (length + longest - 1L) / longest);

    // Kernels and biases.
    private static IEnumerable<int> Lengths() =>
        Units.Select((units, i) => units * (i == 0 ? Inputs : Units[i - 1])).Concat(Units);

    // All gradients must be known before the first update.
    private sealed class Watching : Callback
    {
        public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
        {
        }
    }
}
