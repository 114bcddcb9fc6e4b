using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Distributed;
using Cairn.Distributed.Mpi;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker;

/// <summary>Gradients that are added up while the optimizer updates the weights, compared with those that are added up before.</summary>
internal static class Stretches
{
    // 127 · 129 is one less than a stretch, 128 · 128 a stretch, 129 · 128 and 128 · 257 have a rest.
    private const int Inputs = 127;
    private static readonly int[] Units = [129, 128, 128, 257, 1];

    // A kernel has one, two, one, three and one, a bias one.
    private const int StretchesOfStep = 1 + 2 + 1 + 3 + 1 + 5;

    // 16, 16 and 1: one process has no row in the last step.
    private const int Rows = 33;
    private const int Batch = 16;
    private const int Epochs = 2;

    /// <summary>Trains, and throws an exception if bits differ or sums are made in another way than expected.</summary>
    public static void Check(Replicas replicas)
    {
        Func<Optimizer>[] optimizers =
            [() => new SGD(0.01), () => new SGD(0.01, momentum: 0.9, nesterov: true), () => new Adam(weightDecay: 0.01), () => new Nadam()];
        foreach (Func<Optimizer> optimizer in optimizers)
        {
            long expected = replicas.Size == 2 ? Epochs * 3 * StretchesOfStep : 0;
            float[][] stretched = Train(replicas, optimizer(), expected);
            float[][] whole = Train(replicas, optimizer(), expected: 0, new Watching());
            for (int i = 0; i < whole.Length; i++)
            {
                if (!MemoryMarshal.AsBytes<float>(whole[i]).SequenceEqual(MemoryMarshal.AsBytes<float>(stretched[i])))
                {
                    throw new InvalidOperationException($"Weight {i} differs with {optimizer().ClassName}.");
                }
            }
        }
    }

    private static float[][] Train(Replicas replicas, Optimizer optimizer, long expected, params Callback[] callbacks)
    {
        var collective = (MpiCollective)replicas.Collective;
        long before = collective.StretchesAdded;
        using var model = new Sequential([new Input([Inputs]), .. Units.Select(units => new Dense(units, activation: "tanh"))], seed: 5);
        model.Distribute(new DataParallel(replicas));
        model.Compile(optimizer, "mse");
        (NDArray x, NDArray y) = TrainingData.Regression(Rows, Inputs);
        model.Fit(x, y, batchSize: Batch, epochs: Epochs, verbose: 0, callbacks: callbacks);
        long added = collective.StretchesAdded - before;
        return added == expected
            ? [.. model.Weights.Select(weight => weight.ToNDArray().ToArray())]
            : throw new InvalidOperationException($"{added} stretches were added up instead of {expected}.");
    }

    // All gradients must be known before the first update.
    private sealed class Watching : Callback
    {
        public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
        {
        }
    }
}
