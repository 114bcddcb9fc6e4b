using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>How libtorch's threads wait for work: for a moment awake, then asleep.</summary>
/// <remarks>
/// GNU's OpenMP, which libtorch computes with on Linux, lets threads that wait for one another turn in a loop for up to 100 ms. Where
/// another program needs the same cores, as on a laptop, in a container or in CI, a step of a small model then takes ten times as long. The
/// library reads its settings when it is loaded, so they must be there before. A short turn is left: to fall asleep at once costs a step of a
/// small model on a quiet machine more than its computation.
/// </remarks>
internal static partial class WaitingThreads
{
    /// <summary>The variables by which a user decides it; any one of them is respected.</summary>
    public static readonly string[] Variables = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

    /// <summary>How often a waiting thread looks again before it sleeps: some microseconds.</summary>
    public const string Turns = "500";

    /// <summary>Makes them sleep, unless the user says otherwise or it is too late.</summary>
    public static void Sleep()
    {
        if (!OperatingSystem.IsLinux() || Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null))
        {
            return;
        }

        try
        {
            // .NET keeps its own copy of the environment; the native library reads the process'.
            _ = SetNativeVariable("GOMP_SPINCOUNT", Turns, 0);
        }
        catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException)
        {
            // Without it training is right all the same.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
