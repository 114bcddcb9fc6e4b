using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>Lets the process keep the memory of freed tensors for the next step, and returns it to the system when runs end.</summary>
/// <remarks>
/// glibc maps each large block on its own, and gives free memory at the top of its heap back to the system. A training step frees and
/// allocates the same blocks as the step before, and the system fills each page with zeros again, at a page fault per 4 KB: for a model of
/// 20 million parameters a third of the step. Two thresholds of <c>mallopt(3)</c> decide about it; raising only one makes it worse, because
/// the blocks then move from one mechanism to the other. <see cref="ModelActivity"/> says when to return the memory.
/// </remarks>
internal static partial class KeptMemory
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.KeepMemory";

    // Constants of malloc.h. A block of a gigabyte or more still gets a mapping of its own, which is returned when it is freed.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Gigabyte = 1 << 30;

    /// <summary>glibc's own settings of the thresholds; any of them takes precedence.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_"];

    /// <summary>Whether the thresholds are raised in this process.</summary>
    public static bool IsOn { get; private set; }

    /// <summary>Raises the thresholds, unless the user has set them or opted out. Has no effect without glibc.</summary>
    public static void TurnOn()
    {
        if (!OperatingSystem.IsLinux() || IsOn || OptOut.IsChosen(Switch) || IsSetByUser())
        {
            return;
        }

        try
        {
            IsOn = SetOption(MapThreshold, Gigabyte) == 1 && SetOption(TrimThreshold, Gigabyte) == 1;
        }
        catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, such as musl.
        }
    }

    /// <summary>Returns the memory that no block occupies.</summary>
    public static void Return()
    {
        if (IsOn)
        {
            _ = Trim(0);
        }
    }

    private static bool IsSetByUser() =>
        Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)
        || Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains("glibc.malloc.", StringComparison.Ordinal) == true;

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
