using System.Buffers;
using System.Runtime.InteropServices;

namespace Cairn.Distributed;

/// <summary>Numbers in memory that does not move.</summary>
internal sealed unsafe class NativeNumbers : MemoryManager<float>
{
    private float* first;
    private int length;

    public NativeNumbers(int length)
    {
        first = (float*)NativeMemory.Alloc((nuint)length, sizeof(float));
        this.length = length;
    }

    public override Span<float> GetSpan() => new(first, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(first);
        first = null;
        length = 0;
    }
}
