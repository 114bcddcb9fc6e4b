using System.Runtime.ExceptionServices;

namespace Cairn.Native;

/// <summary>
/// Fills pieces of memory or files in parallel, because a single thread spends most of its time waiting for memory, the page cache or the
/// disk.
/// </summary>
internal static class ParallelPieces
{
    private const int MostThreads = 8;

    /// <summary>Number of threads.</summary>
    public static int Threads => Math.Clamp(Environment.ProcessorCount, 1, MostThreads);

    /// <summary>Fills all pieces; an exception of a piece is rethrown unchanged.</summary>
    public static void Run(int pieces, Action<int> fill)
    {
        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = Threads }, fill);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
