using System.Buffers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Distributed;

/// <summary>The memory of a tensor, which does not move. Parts of the tensor may outlive this.</summary>
internal sealed unsafe class NativeNumbers : MemoryManager<float>
{
    // A tensor that nothing refers to would be freed.
    private static readonly List<Tensor> Kept = [];

    private readonly Tensor numbers;
    private readonly float* first;
    private readonly int length;

    public NativeNumbers(int length)
    {
        numbers = empty(length, ScalarType.Float32).DetachFromDisposeScope();
        first = (float*)TensorMemory.PointerTo(numbers);
        this.length = length;
    }

    /// <summary>A part of the numbers as a tensor of a shape.</summary>
    public Tensor View(long start, long[] shape, long count) => numbers.narrow(0, start, count).view(shape);

    /// <summary>Keeps the memory until the process ends.</summary>
    public void Keep()
    {
        lock (Kept)
        {
            Kept.Add(numbers);
        }
    }

    public override Span<float> GetSpan() => new(first, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => numbers.Dispose();
}
