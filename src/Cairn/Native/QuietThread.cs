using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>Lowers the priority of background work, so that it uses only CPU time that training leaves.</summary>
internal static partial class QuietThread
{
    // A nice value, as of the nice command.
    private const int Nicer = 10;
    private const int OneProcess = 0;
    private const int Own = 0;

    /// <summary>Lowers the priority of the current thread permanently, for a thread that ends with its work.</summary>
    public static void Begin()
    {
        // .NET's thread priorities have no effect on Linux. There the call below affects the thread; on other Unixes it would affect the
        // process.
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(OneProcess, Own, Nicer);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
