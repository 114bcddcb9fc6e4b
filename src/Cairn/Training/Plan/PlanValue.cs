using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>Numbers that pass from node to node of a plan, and the gradient of the loss with respect to them.</summary>
/// <param name="shape">The shape of a sample.</param>
/// <param name="producer">The node that computes them; null for an input of the plan.</param>
internal sealed unsafe class PlanValue(Shape shape, PlanNode? producer)
{
    private readonly long[] sizes = [0, .. shape];
    private PlanMemory? memory;

    /// <summary>The shape of a sample.</summary>
    public Shape Shape => shape;

    /// <summary>Numbers of a sample.</summary>
    public long Count { get; } = shape.ElementCount;

    /// <summary>The node that computes them; null for an input of the plan.</summary>
    public PlanNode? Producer => producer;

    /// <summary>How many nodes read it. The output of the plan has one more reader.</summary>
    public int Readers { get; set; }

    /// <summary>Whether the gradient is needed.</summary>
    public bool NeedsSlope { get; set; }

    /// <summary>Whether it is a new tensor in each step, for layers and losses, which may keep it.</summary>
    public bool IsTensor { get; set; }

    /// <summary>Whether only layers read it, which take numbers of any type.</summary>
    public bool MayHaveAnyType { get; set; } = true;

    /// <summary>The value whose memory it has; null for its own.</summary>
    public PlanValue? Origin { get; set; }

    /// <summary>The tensor of this step, if it is one.</summary>
    public Tensor? Tensor { get; private set; }

    /// <summary>The numbers, contiguous.</summary>
    public float* Data { get; private set; }

    /// <summary>The gradient in this step; null if there is none yet.</summary>
    public SlopeMemory? Slope { get; set; }

    /// <summary>Makes room for a number of samples.</summary>
    /// <returns>Where they are.</returns>
    public float* Begin(int samples)
    {
        sizes[0] = samples;
        if (Origin is not null)
        {
            Data = Origin.Data;
            if (IsTensor)
            {
                Tensor = Origin.Tensor!.reshape(sizes);
            }
        }
        else if (IsTensor)
        {
            TakeTensor(empty(sizes));
        }
        else
        {
            if (memory is null || memory.Length < samples * Count)
            {
                Free();
                memory = PlanMemory.Of(samples * Count);
            }

            Data = memory.First;
        }

        return Data;
    }

    /// <summary>Takes the numbers from a contiguous tensor.</summary>
    public void TakeTensor(Tensor tensor)
    {
        Tensor = tensor;
        Data = tensor.dtype == ScalarType.Float32 ? (float*)TensorMemory.PointerTo(tensor) : null;
    }

    /// <summary>Forgets the tensors of a step.</summary>
    public void End() => (Tensor, Slope) = (null, null);

    /// <summary>Frees the memory.</summary>
    public void Free()
    {
        memory?.Dispose();
        memory = null;
    }
}
