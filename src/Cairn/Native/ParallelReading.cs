using System.Runtime.ExceptionServices;

namespace Cairn.Native;

/// <summary>Pieces of files side by side: one thread alone waits for the copy out of the system's cache of files, or for the disk, most of the time.</summary>
internal static class ParallelReading
{
    private const int MostThreads = 8;

    /// <summary>How many threads read.</summary>
    public static int Threads => Math.Clamp(Environment.ProcessorCount, 1, MostThreads);

    /// <summary>Reads all pieces; what one of them throws is thrown as it is.</summary>
    public static void Run(int pieces, Action<int> read)
    {
        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = Threads }, read);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
