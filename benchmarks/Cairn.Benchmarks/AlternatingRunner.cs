using System.Diagnostics;

namespace Cairn.Benchmarks;

/// <summary>Measures two implementations alternately: A B, B A, A B, …</summary>
/// <remarks>
/// A custom runner, because BenchmarkDotNet finishes one benchmark before it starts the next. Between two runs of several seconds, the load
/// and the clock of a shared machine change by more than the difference to be measured.
/// </remarks>
internal static class AlternatingRunner
{
    public const int DefaultPairs = 11;

    /// <summary>Runs both sides in pairs, after a warm-up.</summary>
    /// <param name="ours">One measured unit of work with Cairn.</param>
    /// <param name="theirs">The same work with the other implementation.</param>
    /// <param name="units">Steps per measurement; the resulting times are divided by it.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="clock">The clock; wall-clock time by default.</param>
    public static Comparison Run(Action ours, Action theirs, int units, int pairs, Func<TimeSpan>? clock = null)
    {
        clock ??= Wall;
        for (int i = 0; i < 2; i++)
        {
            ours();
            theirs();
        }

        double[] a = new double[pairs];
        double[] b = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            // The order alternates, so that neither side always runs with the caches and garbage of the other.
            if (i % 2 == 0)
            {
                a[i] = Milliseconds(ours, clock) / units;
            }

            b[i] = Milliseconds(theirs, clock) / units;
            if (i % 2 == 1)
            {
                a[i] = Milliseconds(ours, clock) / units;
            }
        }

        return new Comparison(a, b);
    }

    /// <summary>Measures wall-clock time.</summary>
    public static double Milliseconds(Action work) => Milliseconds(work, Wall);

    private static TimeSpan Wall() => Stopwatch.GetElapsedTime(0);

    private static double Milliseconds(Action work, Func<TimeSpan> clock)
    {
        TimeSpan start = clock();
        work();
        return (clock() - start).TotalMilliseconds;
    }
}
