using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Cairn.Native;

namespace Cairn.Tests.Native;

/// <summary>The allocations of libtorch for the elements of CPU tensors, of which a chosen one fails.</summary>
/// <remarks>
/// The allocator in <c>libc10.so</c> calls <c>posix_memalign</c> and throws libtorch's exception if that fails. Its address in the library
/// is replaced by that of a function which counts the calls of one thread.
/// </remarks>
internal static unsafe class TensorAllocations
{
    private const int NoMemory = 12;
    private static delegate* unmanaged<void**, nuint, nuint, int> original;
    private static int counted;
    private static int failing;
    private static bool isLasting;
    private static int count;

    /// <summary>Whether allocations can be made to fail here.</summary>
    public static bool CanFail => OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    /// <summary>Number of allocations of the last <see cref="During"/>.</summary>
    public static int Count => count;

    /// <summary>The exception of libtorch during the last <see cref="During"/>, even if it was caught; null if there was none.</summary>
    public static Exception? Thrown { get; private set; }

    /// <summary>Runs a function.</summary>
    /// <param name="act">The function; allocations of its thread are counted.</param>
    /// <param name="failing">The number of the allocation that fails, counted from 1; 0 for none.</param>
    /// <param name="lasting">Whether all later ones fail too.</param>
    /// <returns>The exception of the function, if any.</returns>
    public static Exception? During(Action act, int failing = 0, bool lasting = false)
    {
        LibTorch.EnsureLoaded();
        if (original == null)
        {
            original = (delegate* unmanaged<void**, nuint, nuint, int>)NativeLibrary.GetExport(
                NativeLibrary.Load("libc.so.6"), "posix_memalign");
            *ImportedFunction.PlaceOf("libc10.so", "posix_memalign") = (nint)(delegate* unmanaged<void**, nuint, nuint, int>)&Allocate;
        }

        (TensorAllocations.failing, isLasting, count) = (failing, lasting, 0);
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
        if (Environment.CurrentManagedThreadId == counted && happened.Exception is ExternalException)
        {
            Thrown ??= happened.Exception;
        }
    }

    [UnmanagedCallersOnly]
    private static int Allocate(void** memory, nuint alignment, nuint size)
    {
        if (Environment.CurrentManagedThreadId == counted)
        {
            count++;
            if (count == failing || (isLasting && failing > 0 && count > failing))
            {
                return NoMemory;
            }
        }

        return original(memory, alignment, size);
    }
}
