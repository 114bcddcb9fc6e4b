namespace Cairn.Distributed.Mpi;

/// <summary>Something that goes on while it is tested.</summary>
internal abstract class Exchange
{
    /// <summary>Whether it looks at memory that processes share, without MPI.</summary>
    public virtual bool IsInMemory => false;

    /// <summary>Drives it without waiting.</summary>
    /// <returns>Whether it has ended.</returns>
    public abstract bool Advance();
}
