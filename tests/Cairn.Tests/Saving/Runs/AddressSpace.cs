using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Tests.Saving.Runs;

/// <summary>The address space of another process.</summary>
internal static partial class AddressSpace
{
    private const int OfAddressSpace = 9;

    /// <summary>Limits it to what the process has now and some bytes more.</summary>
    public static void Limit(int process, long more)
    {
        string size;
        try
        {
            size = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmSize:", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The process has just ended.
            return;
        }

        long kilobytes = long.Parse(size["VmSize:".Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
        var limit = new Limits { Soft = (ulong)((kilobytes * 1024) + more), Hard = ulong.MaxValue };
        SetLimits(process, OfAddressSpace, in limit, 0);
    }

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int SetLimits(int process, int resource, in Limits limits, nint before);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
