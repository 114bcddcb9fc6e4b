using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>How libtorch's threads wait for work: they spin briefly, then sleep.</summary>
/// <remarks>
/// In GNU OpenMP, which libtorch uses on Linux, threads that wait for one another spin for up to 100 ms. If another program needs the same
/// cores, as on a laptop, in a container or in CI, a step of a small model then takes ten times as long. The library reads its settings
/// when it is loaded, so they must be set before. A short spin is kept, because sleeping at once costs a step of a small model on an idle
/// machine more than its computation.
/// </remarks>
internal static partial class WaitingThreads
{
    /// <summary>The environment variables with which users configure this; any of them takes precedence.</summary>
    public static readonly string[] Variables = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    /// <summary>The number of spins before a waiting thread sleeps: some microseconds.</summary>
    public const string Turns = "500";

    /// <summary>Makes waiting threads sleep, unless the user has configured it or the library is already loaded.</summary>
    public static void Sleep()
    {
        if (!OperatingSystem.IsLinux() || Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null))
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
