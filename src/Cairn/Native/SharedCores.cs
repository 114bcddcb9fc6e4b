using System.Globalization;
using System.Text;

namespace Cairn.Native;

/// <summary>
/// Checks whether the threads of this process have to wait for a core, and if so shortens the spinning of libtorch's threads.
/// </summary>
/// <remarks>
/// Linux counts for each thread how long it could have run but had no core (the second number of <c>/proc/PID/task/TID/schedstat</c>).
/// On an idle machine this is next to nothing, apart from the time (the first number) that .NET's compiler needs in the first seconds of a
/// program, which does not count. If another program needs a core, a thread that spins on it delays both, and the threads that wait for this
/// one too. This affects only how long threads wait, never how many compute: results do not depend on the load.
/// </remarks>
internal static class SharedCores
{
    private const string Threads = "/proc/self/task";

    // The thread that compiles methods again, with more optimizations. Linux keeps 15 characters of a name.
    private const string Compiler = ".NET Tiered Com";

    // Fractions of the time in which a thread had no core.
    private const double Shared = 0.05;
    private const double Free = 0.01;

    // In checks, of which there are ten per second.
    private const int CalmLooks = 20;

    private static Dictionary<string, Times> before = [];
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

        var now = new Dictionary<string, Times>();
        long waited = 0;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(Threads))
            {
                bool isKnown = before.TryGetValue(thread, out Times known);
                if (TimesOf(thread, isKnown ? known.IsCompiler : null) is { } times)
                {
                    now[thread] = times;
                    waited += Counted(times, isKnown ? known : null);
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
            Judge(Math.Max(0, waited) / passed);
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

    /// <summary>What a thread adds to the time for which threads had no core because of another program.</summary>
    /// <param name="now">The times of the thread.</param>
    /// <param name="before">Its times at the last check; null if it has started since.</param>
    internal static long Counted(Times now, Times? before)
    {
        // While the compiler runs, another thread may have to wait. A thread that has just started has no wait to compare with.
        return now.IsCompiler ? (before?.Ran ?? 0) - now.Ran : before is { } known ? now.Waited - known.Waited : 0;
    }

    private static Times? TimesOf(string thread, bool? isCompiler)
    {
        try
        {
            return FirstLine($"{thread}/schedstat").Split(' ') is [var ran, var waited, ..]
                ? new Times(long.Parse(ran, CultureInfo.InvariantCulture), long.Parse(waited, CultureInfo.InvariantCulture),
                    isCompiler ?? FirstLine($"{thread}/comm") == Compiler)
                : null;
        }
        catch (IOException)
        {
            // The thread has ended.
            return null;
        }
    }

    private static string FirstLine(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        Span<byte> text = stackalloc byte[128];
        return Encoding.UTF8.GetString(text[..RandomAccess.Read(file, text, 0)]).Split('\n')[0];
    }

    /// <summary>For how many nanoseconds a thread has run, and could have run but had no core.</summary>
    /// <param name="Ran">Nanoseconds on a core.</param>
    /// <param name="Waited">Nanoseconds without one.</param>
    /// <param name="IsCompiler">Whether it is the thread that compiles methods.</param>
    internal readonly record struct Times(long Ran, long Waited, bool IsCompiler);
}
