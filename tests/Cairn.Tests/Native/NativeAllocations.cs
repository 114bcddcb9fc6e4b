using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Cairn.Native;

namespace Cairn.Tests.Native;

/// <summary>
/// The allocations of libtorch for the elements of CPU tensors and those of <see cref="NativeMemory.AlignedAlloc"/>, of which a chosen one
/// fails.
/// </summary>
/// <remarks>
/// The allocator in <c>libc10.so</c> calls <c>posix_memalign</c> and throws libtorch's exception if that fails; .NET's library calls
/// <c>aligned_alloc</c>. Their addresses in the libraries are replaced by those of functions which count the calls of one thread.
/// </remarks>
internal static unsafe class NativeAllocations
{
    private const int NoMemory = 12;
    private static delegate* unmanaged<void**, nuint, nuint, int> originalOfTensors;
    private static delegate* unmanaged<nuint, nuint, void*> originalAligned;
    private static int counted;
    private static int failing;
    private static bool isLasting;
    private static int count;

    /// <summary>Whether allocations can be made to fail here.</summary>
    public static bool CanFail => OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    /// <summary>Number of allocations of the last <see cref="During"/>.</summary>
    public static int Count => count;

    /// <summary>The numbers of those that were not for tensors, from 1.</summary>
    public static List<int> Aligned { get; } = [];

    /// <summary>The exception for memory during the last <see cref="During"/>, even if it was caught; null if there was none.</summary>
    public static Exception? Thrown { get; private set; }

    /// <summary>Runs a function.</summary>
    /// <param name="act">The function; allocations of its thread are counted.</param>
    /// <param name="failing">The number of the allocation that fails, counted from 1; 0 for none.</param>
    /// <param name="lasting">Whether all later ones fail too.</param>
    /// <returns>The exception of the function, if any.</returns>
    public static Exception? During(Action act, int failing = 0, bool lasting = false)
    {
        LibTorch.EnsureLoaded();
        if (originalOfTensors == null)
        {
            nint c = NativeLibrary.Load("libc.so.6");
            originalAligned = (delegate* unmanaged<nuint, nuint, void*>)NativeLibrary.GetExport(c, "aligned_alloc");
            originalOfTensors = (delegate* unmanaged<void**, nuint, nuint, int>)NativeLibrary.GetExport(c, "posix_memalign");
            ImportedFunction.Replace("libSystem.Native.so", "aligned_alloc", (delegate* unmanaged<nuint, nuint, void*>)&AllocateAligned);
            ImportedFunction.Replace("libc10.so", "posix_memalign", (delegate* unmanaged<void**, nuint, nuint, int>)&AllocateTensor);
        }

        Aligned.Clear();
        (NativeAllocations.failing, isLasting, count) = (failing, lasting, 0);
        (counted, Thrown) = (Environment.CurrentManagedThreadId, null);
        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            return Record.Exception(act);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
            counted = 0;
        }
    }

    private static void Note(object? sender, FirstChanceExceptionEventArgs happened)
    {
        if (Environment.CurrentManagedThreadId == counted && happened.Exception is ExternalException or OutOfMemoryException)
        {
            Thrown ??= happened.Exception;
        }
    }

    [UnmanagedCallersOnly]
    private static int AllocateTensor(void** memory, nuint alignment, nuint size) =>
        Fails() ? NoMemory : originalOfTensors(memory, alignment, size);

    [UnmanagedCallersOnly]
    private static void* AllocateAligned(nuint alignment, nuint size)
    {
        if (Environment.CurrentManagedThreadId == counted)
        {
            Aligned.Add(count + 1);
        }

        return Fails() ? null : originalAligned(alignment, size);
    }

    private static bool Fails()
    {
        if (Environment.CurrentManagedThreadId != counted)
        {
            return false;
        }

        count++;
        return count == failing || (isLasting && failing > 0 && count > failing);
    }
}
