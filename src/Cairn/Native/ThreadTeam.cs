using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>
/// Runs parts of a computation on the threads that libtorch's operations run on. Threads of .NET's pool would compete with these, which
/// still wait for libtorch's next operation.
/// </summary>
internal static unsafe class ThreadTeam
{
    /// <summary>About how many products take as long as a number that is read from memory.</summary>
    public const int ProductsPerNumber = 4;

    // About 20 microseconds of computation, several times what it costs to let other threads help.
    private const long LeastProducts = 1_000_000;

    /// <summary>How many threads to compute on: libtorch's, or one if the work is small.</summary>
    /// <param name="products">Approximate number of multiplications.</param>
    public static int ThreadsFor(long products) => products < LeastProducts ? 1 : get_num_threads();

    /// <summary>Runs all parts, in no particular order.</summary>
    /// <param name="parts">Number of parts.</param>
    /// <param name="run">Runs the part of an index.</param>
    public static void Run(int parts, Action<int> run) => Run(parts, run, get_num_threads());

    /// <summary>Runs all parts, on one thread if the work is small.</summary>
    /// <param name="parts">Number of parts.</param>
    /// <param name="products">Approximate number of multiplications of all parts.</param>
    /// <param name="run">Runs the part of an index.</param>
    public static void Run(int parts, long products, Action<int> run) => Run(parts, run, ThreadsFor(products));

    private static void Run(int parts, Action<int> run, int threads)
    {
        if (parts <= 1 || threads <= 1)
        {
            for (int part = 0; part < parts; part++)
            {
                run(part);
            }
        }
        else if (GnuOpenMP.IsFound)
        {
            RunInTeam(parts, run);
        }
        else
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, run);
        }
    }

    private static void RunInTeam(int parts, Action<int> run)
    {
        var work = new Work(parts, run);
        var handle = GCHandle.Alloc(work);
        try
        {
            // Always the whole team, even for fewer parts: OpenMP would end the other threads and start them again for the next operation.
            GnuOpenMP.Run((nint)(delegate* unmanaged<nint, void>)&Enter, GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
        }

        work.Failure?.Throw();
    }

    [UnmanagedCallersOnly]
    private static void Enter(nint work) => ((Work)GCHandle.FromIntPtr(work).Target!).RunSome();

    /// <summary>The parts, of which each thread takes one after the other.</summary>
    private sealed class Work(int parts, Action<int> run)
    {
        private int taken;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void RunSome()
        {
            try
            {
                for (int part = Interlocked.Increment(ref taken); part <= parts; part = Interlocked.Increment(ref taken))
                {
                    run(part - 1);
                }
            }
            catch (Exception exception)
            {
                // An exception can't cross native code; the thread that waits throws it.
                Failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
