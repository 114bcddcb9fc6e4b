using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Memory of one unmanaged type viewed as memory of another, without a copy: MemoryMarshal.Cast for Memory.</summary>
internal sealed class CastMemory<TFrom, TTo> : MemoryManager<TTo>
    where TFrom : unmanaged
    where TTo : unmanaged
{
    private readonly Memory<TFrom> source;

    private CastMemory(Memory<TFrom> source) => this.source = source;

    public static Memory<TTo> Of(Memory<TFrom> source)
    {
        if (source.IsEmpty)
        {
            return Memory<TTo>.Empty;
        }

        // CreateMemory needs the length in elements of the target type, and throws if it does not fit in an int.
        int length = checked((int)((long)source.Length * Unsafe.SizeOf<TFrom>() / Unsafe.SizeOf<TTo>()));
        return new CastMemory<TFrom, TTo>(source).CreateMemory(length);
    }

    public override Span<TTo> GetSpan() => MemoryMarshal.Cast<TFrom, TTo>(source.Span);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        MemoryHandle handle = source.Pin();
        return new MemoryHandle((TTo*)handle.Pointer + elementIndex, pinnable: new Release(handle));
    }

    // Nothing to do: the handle returned by Pin releases the source itself.
    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Release(MemoryHandle handle) : IPinnable
    {
        public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException();

        public void Unpin() => handle.Dispose();
    }
}
