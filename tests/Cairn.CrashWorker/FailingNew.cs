using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Native;
using Cairn.Tests.Native;

namespace Cairn.CrashWorker;

/// <summary>The allocations of libtorch's C++ objects, of which one fails with <c>std::bad_alloc</c>.</summary>
/// <remarks>
/// The calls of <c>operator new</c> in the libraries are replaced by calls of a few instructions of machine code, which count. They ask the
/// original function for more memory than there can be when the chosen allocation is reached. The exception does not pass through managed
/// code, so that libtorch and TorchSharp can catch it.
/// </remarks>
internal static unsafe partial class FailingNew
{
    private const string New = "_Znwm";
    private const nuint PageBytes = 4096;
    private const int ReadWriteAndRun = 7, PrivateAndAnonymous = 0x22;
    private const int Counter = 32, Original = 40;
    private const long Uncounted = long.MaxValue;
    private static long* left;

    // lock dec [left]; jz fail; jmp [original]; fail: mov rdi, 1 << 62; jmp [original]
    private static ReadOnlySpan<byte> Code =>
    [
        0xf0, 0x48, 0xff, 0x0d, Counter - 8, 0, 0, 0,
        0x74, 6,
        0xff, 0x25, Original - 16, 0, 0, 0,
        0x48, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0x40,
        0xff, 0x25, Original - 32, 0, 0, 0,
    ];

    /// <summary>Begins to count, if <c>CAIRN_FAIL_NEW</c> has the number of the allocation that fails, from 1; 0 for none.</summary>
    public static void Begin()
    {
        if (Environment.GetEnvironmentVariable("CAIRN_FAIL_NEW") is not { } text)
        {
            return;
        }

        LibTorch.EnsureLoaded();
        long failing = long.Parse(text, CultureInfo.InvariantCulture);
        byte* memory = Map(0, PageBytes, ReadWriteAndRun, PrivateAndAnonymous, -1, 0);
        Code.CopyTo(new Span<byte>(memory, Code.Length));
        left = (long*)(memory + Counter);
        *left = failing == 0 ? Uncounted : failing;
        *(nint*)(memory + Original) = NativeLibrary.GetExport(NativeLibrary.Load("libstdc++.so.6"), New);
        foreach (string library in (string[])["libtorch_cpu.so", "libc10.so", "libLibTorchSharp.so"])
        {
            ImportedFunction.Replace(library, New, memory);
        }
    }

    /// <summary>Reports the number of allocations, if none was to fail.</summary>
    public static void End()
    {
        if (left != null)
        {
            Announcement.Tell(string.Create(CultureInfo.InvariantCulture, $"new {Uncounted - *left}"));
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(nint address, nuint length, int protection, int kind, int file, nint offset);
}
