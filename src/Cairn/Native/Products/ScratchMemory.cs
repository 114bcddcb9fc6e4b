using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>Memory for intermediate results of one call, kept for the next.</summary>
internal readonly unsafe struct ScratchMemory : IDisposable
{
    // In floats: a line of the cache.
    private const int Alignment = 16;

    // Larger memory is left to the garbage collector.
    private const int MostKept = 1 << 20;

    private static readonly ConcurrentBag<float[]> Kept = [];

    private readonly float[] memory;

    private ScratchMemory(float[] memory) => this.memory = memory;

    /// <summary>The first number, at the beginning of a line of the cache.</summary>
    public float* Start =>
        (float*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory)) + (Alignment * sizeof(float)) - 1)
            & ~(nint)((Alignment * sizeof(float)) - 1));

    /// <summary>Memory for this many numbers, with undefined values.</summary>
    public static ScratchMemory For(long numbers)
    {
        numbers += Alignment;
        return new ScratchMemory(Kept.TryTake(out float[]? memory) && memory.Length >= numbers
            ? memory
            : GC.AllocateUninitializedArray<float>(checked((int)numbers), pinned: true));
    }

    /// <summary>Rounds a number of numbers up, so that what follows begins at a line of the cache too.</summary>
    public static long Aligned(long numbers) => (numbers + Alignment - 1) / Alignment * Alignment;

    /// <summary>Returns the memory.</summary>
    public void Dispose()
    {
        if (memory.Length <= MostKept)
        {
            Kept.Add(memory);
        }
    }
}
