using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace Cairn.Training.Plan;

/// <summary>Floats outside the managed heap, aligned to cache lines, which stay from step to step.</summary>
internal sealed unsafe class PlanMemory : CriticalFinalizerObject, IDisposable
{
    private const nuint Alignment = 64;

    private float* first;

    private PlanMemory(long length) =>
        first = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length) * sizeof(float), Alignment);

    ~PlanMemory() => Free();

    /// <summary>The first number. Valid until the memory is disposed; the owner must keep it alive.</summary>
    public float* First => first;

    /// <summary>Number of floats.</summary>
    public long Length { get; private init; }

    /// <summary>Allocates memory, not cleared.</summary>
    public static PlanMemory Of(long length) => new(length) { Length = length };

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(first);
        first = null;
    }
}
