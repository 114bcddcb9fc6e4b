using Cairn.Layers;
using Cairn.Native;

namespace Cairn.Training.Plan;

/// <summary>A step of a plan that runs: its context, its gradients, and the gradients of its values.</summary>
internal sealed unsafe class PlanStep(PlanGradients gradients) : IDisposable
{
    private readonly SlopePool pool = new();
    private CallContext? context;

    // A gradient that has been replaced is read until its node is done.
    private SlopeMemory? replaced;
    private int most;

    /// <summary>The context of the step.</summary>
    public CallContext Context => context!;

    /// <summary>Number of samples.</summary>
    public int Samples { get; private set; }

    /// <summary>Takes the gradients of the weights.</summary>
    public PlanGradients Gradients => gradients;

    /// <summary>Begins a step.</summary>
    public void Begin(CallContext of, int samples)
    {
        (context, Samples) = (of, samples);
        gradients.Begin(of.Share?.Replication);
        if (samples > most)
        {
            // The memory of smaller steps would never be used again.
            pool.Dispose();
            most = samples;
        }

        pool.Reset();
        replaced = null;
    }

    /// <summary>Ends the step.</summary>
    public void End() => context = null;

    /// <summary>Memory for the gradient of a value, or for what is added to it, to be filled and then given.</summary>
    public SlopeMemory Take(PlanValue value) => pool.Take(Samples * value.Count);

    /// <summary>Adds what has been filled to the gradient of a value, which owns the memory from now on.</summary>
    public void Give(PlanValue value, SlopeMemory slope)
    {
        if (value.Slope is not { } before)
        {
            value.Slope = slope;
            return;
        }

        SlopeMemory sum = before.MayOverwrite ? before : slope.MayOverwrite ? slope : Take(value);
        Sum(before.First, slope.First, sum.First, Samples * value.Count);
        value.Slope = sum;
        if (sum != before)
        {
            pool.Release(before);
        }

        if (sum != slope)
        {
            pool.Release(slope);
        }
    }

    /// <summary>Frees memory that was taken and is not given to a value.</summary>
    public void Drop(SlopeMemory slope) => pool.Release(slope);

    /// <summary>Adds the gradient of another value to that of a value.</summary>
    public void Share(PlanValue value, SlopeMemory slope)
    {
        slope.Users++;
        Give(value, slope);
    }

    /// <summary>Memory for a new gradient in place of the one that a value has: the same, or other memory if that is shared.</summary>
    /// <param name="value">The value.</param>
    /// <param name="before">The gradient that it has.</param>
    public float* Replace(PlanValue value, out float* before)
    {
        before = value.Slope!.First;
        if (!value.Slope.MayOverwrite)
        {
            SlopeMemory other = pool.Take(Samples * value.Count);
            (replaced, value.Slope) = (value.Slope, other);
        }

        return value.Slope.First;
    }

    /// <summary>Frees the gradient of a value.</summary>
    public void Release(PlanValue value)
    {
        if (value.Slope is { } slope)
        {
            pool.Release(slope);
            value.Slope = null;
        }

        if (replaced is not null)
        {
            pool.Release(replaced);
            replaced = null;
        }
    }

    public void Dispose() => pool.Dispose();

    private static void Sum(float* a, float* b, float* to, long count) =>
        ElementParts.Run(count, (first, end) => Addition.Add(a + first, b + first, to + first, end - first));
}
