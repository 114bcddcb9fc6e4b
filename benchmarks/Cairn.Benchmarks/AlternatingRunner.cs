using System.Diagnostics;

namespace Cairn.Benchmarks;

/// <summary>Measures two rivals in turns: A B, B A, A B, …</summary>
/// <remarks>
/// Our own, because BenchmarkDotNet finishes one benchmark before it starts the next: between two runs of some seconds the load and the
/// clock of a shared machine change by more than the difference that is looked for.
/// </remarks>
internal static class AlternatingRunner
{
    public const int DefaultPairs = 11;

    /// <summary>Runs both sides in pairs after a warm-up.</summary>
    /// <param name="ours">One measured piece of our work.</param>
    /// <param name="theirs">The same piece of work done by the rival.</param>
    /// <param name="units">Steps in a piece; the times of the result are divided by it.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="clock">What is measured; the time that passes by default.</param>
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
            // Who goes first changes, so that neither always inherits the other's warm caches or garbage.
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

    /// <summary>How long some work takes, by the clock on the wall.</summary>
    public static double Milliseconds(Action work) => Milliseconds(work, Wall);

    private static TimeSpan Wall() => Stopwatch.GetElapsedTime(0);

    private static double Milliseconds(Action work, Func<TimeSpan> clock)
    {
        TimeSpan start = clock();
        work();
        return (clock() - start).TotalMilliseconds;
    }
}
