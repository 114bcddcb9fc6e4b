using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>Memory for floats that a thread needs during one computation, aligned to cache lines.</summary>
internal readonly unsafe struct AlignedMemory(long length) : IDisposable
{
    private const int CacheLine = 64;

    /// <summary>The first number. The memory is not cleared.</summary>
    public float* First { get; } = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), CacheLine);

    public void Dispose() => NativeMemory.AlignedFree(First);
}
