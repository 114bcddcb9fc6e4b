using System.Runtime.InteropServices;

namespace Cairn.Distributed.Mpi;

/// <summary>Pages of memory that processes share. They are in a file system of limited size, which containers often make small.</summary>
internal static unsafe partial class SharedPages
{
    private const string Folder = "/dev/shm";

    // MADV_POPULATE_WRITE, of Linux 5.14 and later. Touching a page that the file system has no room for would end the process instead.
    private const int PopulateWrite = 23;
    private const int InvalidArgument = 22;

    // Without that call, only as much as any container has.
    private const long FewBytes = 4 << 20;

    // What MPI takes besides, at most.
    private const long Besides = 64 << 10;

    /// <summary>
    /// Whether memory of this size leaves as much for others. It must be known before MPI is asked: in Open MPI, the process that creates
    /// the memory fails if there is not enough, and all others wait for it.
    /// </summary>
    public static bool MayTake(long bytes)
    {
        // Where that file system is missing, MPI uses files.
        string folder = Directory.Exists(Folder) ? Folder : Path.GetTempPath();
        return bytes + Besides <= new DriveInfo(folder).AvailableFreeSpace / 2;
    }

    /// <summary>Touches pages that are zero, all of them; false if there is no memory.</summary>
    /// <param name="first">The beginning.</param>
    /// <param name="bytes">The size.</param>
    public static bool TryTouch(byte* first, long bytes)
    {
        nint page = Environment.SystemPageSize, start = (nint)first & -page;
        if (OperatingSystem.IsLinux())
        {
            if (Advise(start, (nuint)((nint)first + bytes - start), PopulateWrite) == 0)
            {
                return true;
            }

            if (Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                return false;
            }
        }

        if (bytes > FewBytes)
        {
            return false;
        }

        NativeMemory.Clear(first, (nuint)bytes);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nint address, nuint length, int advice);
}
