using System.Runtime.InteropServices;

namespace Cairn.Native;

/// <summary>
/// Functions of GNU's OpenMP and of MKL in the process, which libtorch uses on Linux. On other systems, and where libtorch is built
/// otherwise, they are missing.
/// </summary>
internal static unsafe class GnuOpenMP
{
    private static delegate* unmanaged<nint, nint, uint, uint, void> parallel;
    private static delegate* unmanaged<int, void> setThreads;
    private static delegate* unmanaged<int, int> setMklThreads;
    private static delegate* unmanaged<int> processors;
    private static nint nothing;

    /// <summary>Whether parallel regions can be run.</summary>
    public static bool IsFound => parallel != null;

    /// <summary>Whether the number of threads of the current thread's operations can be set.</summary>
    public static bool CanSetThreads => setThreads != null && setMklThreads != null;

    /// <summary>Number of processors that OpenMP counts on.</summary>
    public static int Processors => processors == null ? Environment.ProcessorCount : processors();

    /// <summary>Finds the functions.</summary>
    /// <param name="library">Handle of <c>libtorch_cpu</c>, whose dependencies are searched too; 0 if it is not known.</param>
    public static void Find(nint library)
    {
        if (library == 0 || !OperatingSystem.IsLinux()
            || !NativeLibrary.TryGetExport(library, "GOMP_parallel", out nint region)
            || !NativeLibrary.TryGetExport(library, "omp_get_thread_num", out nothing)
            || !NativeLibrary.TryGetExport(library, "omp_get_num_procs", out nint count))
        {
            return;
        }

        processors = (delegate* unmanaged<int>)count;
        parallel = (delegate* unmanaged<nint, nint, uint, uint, void>)region;
        if (NativeLibrary.TryGetExport(library, "omp_set_num_threads", out nint threads)
            && NativeLibrary.TryGetExport(library, "MKL_Set_Num_Threads_Local", out nint mklThreads))
        {
            setThreads = (delegate* unmanaged<int, void>)threads;
            setMklThreads = (delegate* unmanaged<int, int>)mklThreads;
        }
    }

    /// <summary>Runs a function once on each thread of a team, as large as the current thread's setting, and waits for all.</summary>
    /// <param name="function">A native function that takes a pointer.</param>
    /// <param name="argument">The pointer.</param>
    public static void Run(nint function, nint argument) => parallel(function, argument, 0, 0);

    /// <summary>Starts a team for the current thread, which exists until this thread ends.</summary>
    public static void StartTeam(int threads) => parallel(nothing, 0, (uint)threads, 0);

    /// <summary>Sets the number of threads of the operations that the current thread calls.</summary>
    /// <param name="threads">The number for OpenMP.</param>
    /// <param name="mkl">The number for MKL; 0 for its global setting.</param>
    /// <returns>MKL's number before.</returns>
    public static int SetThreads(int threads, int mkl)
    {
        setThreads(threads);
        return setMklThreads(mkl);
    }
}
