using System.Globalization;
using System.Text;

namespace Cairn.Native;

/// <summary>
/// Checks whether the threads of this process have to wait for a core, and if so shortens the spinning of libtorch's threads.
/// </summary>
/// <remarks>
/// Linux counts for each thread how long it could have run but had no core (the second number of <c>/proc/PID/task/TID/schedstat</c>).
/// On an idle machine this is next to nothing, except while .NET's compiler runs in the first seconds of a program, which says nothing about
/// other programs. If another program needs a core, a thread that spins on it delays both, and the threads that wait for this one too. This
/// affects only how long threads wait, never how many compute: results do not depend on the load.
/// </remarks>
internal static class SharedCores
{
    private const string Threads = "/proc/self/task";

    // The thread that compiles methods again, with more optimizations. Linux keeps 15 characters of a name.
    private const string Compiler = ".NET Tiered Com";

    // Fractions of the time in which a thread had no core.
    private const double Shared = 0.05;
    private const double Free = 0.01;

    // A check while the compiler ran for more than this fraction of the time does not count.
    private const double Compiling = 0.02;

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
        long waited = 0, compiled = 0;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(Threads))
            {
                bool isKnown = before.TryGetValue(thread, out Times known);
                if (TimesOf(thread, isKnown ? known.IsCompiler : null) is { } times)
                {
                    now[thread] = times;
                    waited += isKnown ? times.Waited - known.Waited : 0;
                    compiled += times.IsCompiler ? times.Ran - known.Ran : 0;
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
            Judge(waited / passed, compiled / passed);
        }
    }

    /// <summary>Makes waits short at once if cores are shared, and long again only when they have not been for some time.</summary>
    /// <param name="share">Time for which threads had no core, as a share of the time that passed.</param>
    /// <param name="compiled">Time for which .NET's compiler ran, as a share of the time that passed.</param>
    internal static void Judge(double share, double compiled = 0)
    {
        if (compiled > Compiling)
        {
            return;
        }

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
    private readonly record struct Times(long Ran, long Waited, bool IsCompiler);
}
