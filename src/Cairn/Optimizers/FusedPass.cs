using System.Numerics;
using Cairn.Native;
using Cairn.Replication;

namespace Cairn.Optimizers;

/// <summary>
/// Runs a fused optimizer update over the memory of a variable: weight decay and update of each block while it is in the cache, with the
/// blocks of large variables on several threads. Elements are independent, so the result does not depend on the threads.
/// </summary>
internal static unsafe class FusedPass
{
    // 16,384 floats of up to five arrays are 320 KB: they stay in a core's L2 cache between decay and update.
    private const long Stretch = IStretchedSums.Longest;
    private const long LeastForThreads = 4 * Stretch;

    public static void Run(Optimizer optimizer, FusedStep step, float decay)
    {
        long stretches = (step.Length + Stretch - 1) / Stretch;
        if (step.Length >= LeastForThreads)
        {
            RunOnThreads(optimizer, step, decay, stretches);
            return;
        }

        for (long i = 0; i < stretches; i++)
        {
            RunStretch(optimizer, step, decay, i);
        }
    }

    /// <summary>The same with gradients that are added up on the way, which is done on one thread.</summary>
    public static void Run(Optimizer optimizer, FusedStep step, float decay, IStretchedSums sums)
    {
        for (long start = 0; start < step.Length; start += sums.Length)
        {
            long end = Math.Min(step.Length, start + sums.Length);
            float* gradient = sums.Next((int)(end - start)) - start;
            var part = new FusedStep(step.Length, step.Weight, gradient, step.Slot0, step.Slot1, step.Slot2);
            RunBetween(optimizer, part, decay, start, end);
        }
    }

    // A separate method, since the lambda's closure would otherwise be allocated for small variables too.
    private static void RunOnThreads(Optimizer optimizer, FusedStep step, float decay, long stretches) =>
        ThreadTeam.Run((int)stretches, i => RunStretch(optimizer, step, decay, i));

    private static void RunStretch(Optimizer optimizer, in FusedStep step, float decay, long index)
    {
        long start = index * Stretch;
        RunBetween(optimizer, step, decay, start, Math.Min(step.Length, start + Stretch));
    }

    private static void RunBetween(Optimizer optimizer, in FusedStep step, float decay, long start, long end)
    {
        int width = Vector<float>.Count;
        long whole = start + ((end - start) / width * width);
        if (decay != 0)
        {
            Decay(step.Weight, start, end, decay);
        }

        if (whole > start)
        {
            optimizer.Update(step, start, whole);
        }

        if (whole < end)
        {
            RunRest(optimizer, step, whole, (int)(end - whole));
        }
    }

    // The last few elements are padded to a full vector, so that the formula is written only once.
    private static void RunRest(Optimizer optimizer, in FusedStep step, long start, int count)
    {
        int width = Vector<float>.Count;
        float* rest = stackalloc float[5 * width];
        new Span<float>(rest, 5 * width).Clear();
        var copy = new FusedStep(width, rest, rest + width, rest + (2 * width), rest + (3 * width), rest + (4 * width));
        Copy(step.Weight + start, copy.Weight, count);
        Copy(step.Gradient + start, copy.Gradient, count);
        if (step.Slot0 != null)
        {
            Copy(step.Slot0 + start, copy.Slot0, count);
        }

        if (step.Slot1 != null)
        {
            Copy(step.Slot1 + start, copy.Slot1, count);
        }

        if (step.Slot2 != null)
        {
            Copy(step.Slot2 + start, copy.Slot2, count);
        }

        optimizer.Update(copy, 0, width);
        Copy(copy.Weight, step.Weight + start, count);
        if (step.Slot0 != null)
        {
            Copy(copy.Slot0, step.Slot0 + start, count);
        }

        if (step.Slot1 != null)
        {
            Copy(copy.Slot1, step.Slot1 + start, count);
        }

        if (step.Slot2 != null)
        {
            Copy(copy.Slot2, step.Slot2 + start, count);
        }
    }

    private static void Decay(float* weight, long start, long end, float decay)
    {
        for (long i = start; i < end; i++)
        {
            weight[i] -= weight[i] * decay;
        }
    }

    private static void Copy(float* from, float* to, int count) => new Span<float>(from, count).CopyTo(new Span<float>(to, count));
}
