using System.Buffers;

namespace Cairn.Saving;

/// <summary>Native memory, such as that of a tensor, as <see cref="Memory{T}"/>.</summary>
/// <remarks>Keeps the owner from being collected, but not from being disposed.</remarks>
internal sealed unsafe class NativeMemory(nint pointer, int length, object owner) : MemoryManager<byte>
{
    public override Span<byte> GetSpan()
    {
        GC.KeepAlive(owner);
        return new Span<byte>((void*)pointer, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)pointer + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
