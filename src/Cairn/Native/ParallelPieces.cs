using System.Runtime.ExceptionServices;

namespace Cairn.Native;

/// <summary>Pieces of memory or of files, filled side by side: one thread alone waits for memory, the system's cache of files or the disk most of the time.</summary>
internal static class ParallelPieces
{
    private const int MostThreads = 8;

    /// <summary>How many threads work.</summary>
    public static int Threads => Math.Clamp(Environment.ProcessorCount, 1, MostThreads);

    /// <summary>Fills all pieces; what one of them throws is thrown as it is.</summary>
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
