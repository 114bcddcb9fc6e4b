namespace Cairn.Distributed.Mpi;

/// <summary>The two families of MPI libraries.</summary>
internal enum MpiKind
{
    /// <summary>Open MPI.</summary>
    OpenMpi,

    /// <summary>MPICH, Intel MPI, MVAPICH, Cray MPICH.</summary>
    Mpich,
}
