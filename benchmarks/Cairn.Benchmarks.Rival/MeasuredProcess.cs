using System.Diagnostics;
using System.Globalization;

namespace Cairn.Benchmarks.Rival;

/// <summary>The side of a measured process: runs its work once for every line of input, and answers with what it took.</summary>
internal static class MeasuredProcess
{
    /// <summary>The first word of the line that says that the warm-up is over.</summary>
    public const string Ready = "ready";

    // .NET compiles hot methods again after some calls, on a separate thread.
    private const int WarmUpRuns = 3;

    /// <summary>Serves until the input ends.</summary>
    /// <param name="work">The work to measure.</param>
    /// <param name="settings">The settings of the process, for the table header.</param>
    public static void Serve(Action work, string settings)
    {
        for (int i = 0; i < WarmUpRuns; i++)
        {
            work();
        }

        Console.WriteLine($"{Ready} {settings}");
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(Measure(work).ToLine());
        }
    }

    private static Measurement Measure(Action work)
    {
        double faults = Faults();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        return new Measurement(wall.TotalMilliseconds, processor.TotalMilliseconds, Faults() - faults);
    }

    /// <summary>Minor page faults of this process so far: the eighth field after the program's name, see proc(5).</summary>
    private static double Faults()
    {
        const string Status = "/proc/self/stat";
        if (!File.Exists(Status))
        {
            return 0;
        }

        string line = File.ReadAllText(Status);
        return double.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
