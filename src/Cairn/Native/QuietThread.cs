using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>Makes work in the background give way to the training: it takes the processor's time that the steps leave.</summary>
internal static partial class QuietThread
{
    // As of the command nice.
    private const int Nicer = 10;
    private const int OneProcess = 0;
    private const int Own = 0;

    /// <summary>Lowers the priority of the current thread, for good: for a thread that ends with its work.</summary>
    public static void Begin()
    {
        // .NET's priorities do nothing on Linux. There the call below is about the thread; on other Unixes it would be about the process.
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(OneProcess, Own, Nicer);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
