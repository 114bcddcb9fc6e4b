namespace Cairn.Distributed.Mpi;

/// <summary>
/// The constants of an MPI library, which differ between the binary interfaces: Open MPI's are addresses of exported objects, MPICH's and
/// those of the standard interface (MPI 5.0) are numbers. All handles fit in a native integer.
/// </summary>
/// <remarks><c>SharedMemory</c> is MPI_COMM_TYPE_SHARED; null where it is not known, because drafts of the standard differ.</remarks>
internal sealed record MpiAbi(
    string Name, nint World, nint Float, nint Double, nint Byte, nint Sum, nint ErrorsReturn, nint InPlace, nint StatusIgnore,
    int RequestBytes, int ThreadSerialized, nint NoInfo = 0, int? SharedMemory = null)
{
    /// <summary>MPICH and its relatives: Intel MPI, MVAPICH, Cray MPICH.</summary>
    public static readonly MpiAbi Mpich = new(
        "MPICH", 0x44000000, 0x4c00040a, 0x4c00080b, 0x4c00010d, 0x58000003, 0x54000001, InPlace: -1, StatusIgnore: 1,
        RequestBytes: 4, ThreadSerialized: 2, NoInfo: 0x1c000000, SharedMemory: 1);

    /// <summary>The interface of MPI 5.0, which libraries of any origin may have.</summary>
    public static readonly MpiAbi Standard = new(
        "MPI standard", 0x101, 0x210, 0x214, 0x247, 0x21, 0x142, InPlace: 1, StatusIgnore: 0,
        RequestBytes: 8, ThreadSerialized: 2048);

    /// <summary>Open MPI.</summary>
    /// <param name="export">Finds the address of an exported symbol.</param>
    public static MpiAbi OpenMpi(Func<string, nint> export) => new(
        "Open MPI", export("ompi_mpi_comm_world"), export("ompi_mpi_float"), export("ompi_mpi_double"), export("ompi_mpi_byte"),
        export("ompi_mpi_op_sum"), export("ompi_mpi_errors_return"), InPlace: 1, StatusIgnore: 0, RequestBytes: 8, ThreadSerialized: 2,
        export("ompi_mpi_info_null"), SharedMemory: 0);
}
