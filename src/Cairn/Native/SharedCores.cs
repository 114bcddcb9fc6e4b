using System.Globalization;
using System.Text;

namespace Cairn.Native;

/// <summary>
/// Checks whether the threads of this process have to wait for a core, and if so shortens the spinning of libtorch's threads.
/// </summary>
/// <remarks>
/// Linux counts for each thread how long it could have run but had no core (the second number of <c>/proc/PID/task/TID/schedstat</c>).
/// On an idle machine this is next to nothing. If another program needs a core, a thread that spins on it delays both, and the threads that
/// wait for this one too. This affects only how long threads wait, never how many compute: results do not depend on the load.
/// </remarks>
internal static class SharedCores
{
    private const string Threads = "/proc/self/task";

    // Fractions of the time in which a thread had no core. The first check of a run includes .NET's compilation of its methods.
    private const double Shared = 0.05;
    private const double Free = 0.01;

    // In checks, of which there are ten per second.
    private const int CalmLooks = 20;

    private static Dictionary<string, long> before = [];
    private static long lookedAt;
    private static int calm;

    /// <summary>Whether checks are performed.</summary>
    public static bool IsOn { get; private set; }

    /// <summary>Starts checking, if the system reports how long threads waited; otherwise waits are always short, which is safe.</summary>
    public static void TurnOn()
    {
        if (WaitingThreads.IsSetByUser || !GnuOpenMP.IsFound)
        {
            return;
        }

        // A container with less processor time than processors is paused if its threads spin.
        bool hasQuota = Environment.ProcessorCount < GnuOpenMP.Processors;
        IsOn = !hasQuota && File.Exists($"{Threads}/{Environment.ProcessId}/schedstat");
        ShortWaits.IsOn = !IsOn;
    }

    /// <summary>Compares with the last check.</summary>
    public static void Look()
    {
        if (!IsOn)
        {
            return;
        }

        var now = new Dictionary<string, long>();
        long waited = 0;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(Threads))
            {
                if (WaitOf(thread) is { } wait)
                {
                    now[thread] = wait;
                    waited += before.TryGetValue(thread, out long known) ? wait - known : 0;
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return;
        }

        long time = System.Diagnostics.Stopwatch.GetTimestamp();
        double passed = System.Diagnostics.Stopwatch.GetElapsedTime(lookedAt, time).TotalNanoseconds;
        bool isComparable = before.Count > 0 && passed < 1e9;
        (before, lookedAt) = (now, time);
        if (isComparable)
        {
            Judge(waited / passed);
        }
    }

    /// <summary>Makes waits short at once if cores are shared, and long again only when they have not been for some time.</summary>
    /// <param name="share">Time for which threads had no core, as a share of the time that passed.</param>
    internal static void Judge(double share)
    {
        calm = share < Free ? calm + 1 : 0;
        if (share > Shared)
        {
            ShortWaits.IsOn = true;
        }
        else if (calm >= CalmLooks)
        {
            ShortWaits.IsOn = false;
        }
    }

    private static long? WaitOf(string thread)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle($"{thread}/schedstat");
            Span<byte> text = stackalloc byte[128];
            string line = Encoding.ASCII.GetString(text[..RandomAccess.Read(file, text, 0)]);
            return line.Split(' ') is [_, var wait, ..] ? long.Parse(wait, CultureInfo.InvariantCulture) : null;
        }
        catch (IOException)
        {
            // The thread has ended.
            return null;
        }
    }
}
