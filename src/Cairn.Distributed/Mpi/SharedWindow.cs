namespace Cairn.Distributed.Mpi;

/// <summary>Memory that all processes of a job read and write, if all of them are on one host (MPI's shared windows).</summary>
internal sealed unsafe class SharedWindow
{
    private readonly MpiLibrary library;
    private readonly nint communicator;
    private readonly nuint bytes;
    private readonly nint[] parts;
    private nint window;

    private SharedWindow(MpiLibrary library, nint communicator, nuint bytes)
    {
        (this.library, this.communicator, this.bytes) = (library, communicator, bytes);
        parts = new nint[library.Size];
    }

    /// <summary>Creates it; all processes call this, and all of them get a window or none.</summary>
    /// <param name="library">MPI.</param>
    /// <param name="bytes">Size of the part of each process.</param>
    /// <param name="isWanted">Whether this process wants it.</param>
    /// <returns>Null if a process does not want it, is on another host, or can't have it.</returns>
    public static SharedWindow? Create(MpiLibrary library, long bytes, bool isWanted)
    {
        // Each step is made by all processes or by none, since MPI would wait for those that are missing.
        if (!library.AllAgree(isWanted && library.Abi.SharedMemory is not null && library.Has("MPI_Win_allocate_shared"))
            || !library.AllAgree(SplitsOff(library, out nint communicator)))
        {
            return null;
        }

        return Allocated(library, communicator, bytes);
    }

    /// <summary>Size of the part of each process.</summary>
    public long Bytes => (long)bytes;

    /// <summary>Creates another one for the same processes; all of them call this, and all of them get a window or none.</summary>
    /// <param name="size">Size of the part of each process.</param>
    public SharedWindow? Another(long size) => Allocated(library, communicator, size);

    /// <summary>The beginning of the part of a process, which was all zeros. It begins with a cache line.</summary>
    public byte* Part(int rank) => (byte*)parts[rank];

    /// <summary>Gives the memory back; all processes call this, or none.</summary>
    public void Free()
    {
        nint freed = window;
        _ = ((delegate* unmanaged<nint*, int>)library.Function("MPI_Win_free"))(&freed);
    }

    // Finds the processes with which memory can be shared.
    private static bool SplitsOff(MpiLibrary library, out nint communicator)
    {
        MpiAbi abi = library.Abi;
        nint split = 0;
        int size = 0;
        bool succeeds =
            ((delegate* unmanaged<nint, int, int, nint, nint*, int>)library.Function("MPI_Comm_split_type"))(
                abi.World, abi.SharedMemory!.Value, 0, abi.NoInfo, &split) == 0
            && ((delegate* unmanaged<nint, nint, int>)library.Function("MPI_Comm_set_errhandler"))(split, abi.ErrorsReturn) == 0
            && ((delegate* unmanaged<nint, int*, int>)library.Function("MPI_Comm_size"))(split, &size) == 0;
        communicator = split;
        return succeeds && size == library.Size;
    }

    private static SharedWindow? Allocated(MpiLibrary library, nint communicator, long bytes)
    {
        var created = new SharedWindow(library, communicator, (nuint)bytes);
        if (!library.AllAgree(SharedPages.MayTake(bytes * library.Size)) || !library.AllAgree(created.Allocate()))
        {
            return null;
        }

        // The pages are touched here, so that no sum has to wait for the system.
        if (library.AllAgree(SharedPages.TryTouch(created.Part(library.Rank), bytes)))
        {
            return created;
        }

        created.Free();
        return null;
    }

    private bool Allocate()
    {
        nint created = 0;
        void* own;
        if (((delegate* unmanaged<nint, int, nint, nint, void**, nint*, int>)library.Function("MPI_Win_allocate_shared"))(
                (nint)bytes + MemoryLine.Bytes, 1, library.Abi.NoInfo, communicator, &own, &created) != 0
            || ((delegate* unmanaged<nint, nint, int>)library.Function("MPI_Win_set_errhandler"))(created, library.Abi.ErrorsReturn) != 0)
        {
            return false;
        }

        window = created;
        var query = (delegate* unmanaged<nint, int, nint*, int*, void**, int>)library.Function("MPI_Win_shared_query");
        for (int rank = 0; rank < parts.Length; rank++)
        {
            nint size;
            int unit;
            void* first;
            if (query(created, rank, &size, &unit, &first) != 0 || first is null)
            {
                return false;
            }

            // Pages are mapped as a whole, so this is the same byte in all processes.
            parts[rank] = ((nint)first + MemoryLine.Bytes - 1) & -MemoryLine.Bytes;
        }

        return true;
    }
}
