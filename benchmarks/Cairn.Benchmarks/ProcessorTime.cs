using System.Diagnostics;

namespace Cairn.Benchmarks;

/// <summary>Counts the processor time that this process takes in some work: on a busy machine it says more than the time that passes.</summary>
internal sealed class ProcessorTime
{
    private readonly List<double> seconds = [];

    /// <summary>The middle of all pieces of work, in seconds.</summary>
    public double Median => Comparison.Median(seconds);

    /// <summary>Does the work and counts.</summary>
    public void Count(Action work)
    {
        TimeSpan before = Now();
        work();
        seconds.Add((Now() - before).TotalSeconds);
    }

    private static TimeSpan Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
