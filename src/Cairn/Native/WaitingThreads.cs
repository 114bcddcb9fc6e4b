using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>How long libtorch's threads spin for work before they sleep, if no other program needs their cores.</summary>
/// <remarks>
/// In GNU OpenMP, which libtorch uses on Linux, threads that wait for one another spin for several milliseconds. Half a millisecond is
/// enough for the time between two operations of a step: threads that sleep there pay for being woken at every operation. Threads of this
/// process that share a core with the spinning ones lose no more than that. The library reads its settings when it is loaded, so they must
/// be set before; in a program that has loaded libtorch by itself, its default stays. <see cref="SharedCores"/> makes the waits short while
/// cores are shared with other programs.
/// </remarks>
internal static partial class WaitingThreads
{
    /// <summary>The environment variables with which users configure this; any of them takes precedence.</summary>
    public static readonly string[] Variables = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    /// <summary>The number of spins before a waiting thread sleeps.</summary>
    public const string Turns = "50000";

    /// <summary>Whether the user has configured how threads wait.</summary>
    public static bool IsSetByUser => Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null);

    /// <summary>Sets the number of spins, unless the user has configured it or the library is already loaded.</summary>
    public static void Sleep()
    {
        if (!OperatingSystem.IsLinux() || IsSetByUser)
        {
            return;
        }

        try
        {
            // .NET keeps its own copy of the environment; the native library reads that of the process.
            _ = SetNativeVariable("GOMP_SPINCOUNT", Turns, 0);
        }
        catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException)
        {
            // Training works correctly without it.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
