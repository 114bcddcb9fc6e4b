using System.Diagnostics;

namespace Cairn.Benchmarks;

/// <summary>Measures the CPU time of this process, which is more reliable than wall-clock time on a busy machine.</summary>
internal sealed class ProcessorTime
{
    private readonly List<double> seconds = [];

    /// <summary>The median of all measurements, in seconds.</summary>
    public double Median => Comparison.Median(seconds);

    /// <summary>Runs the work and measures it.</summary>
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
