namespace Cairn.Distributed.Mpi;

/// <summary>Something that MPI does while it is tested.</summary>
internal abstract class Exchange
{
    /// <summary>Drives it without waiting.</summary>
    /// <returns>Whether it has ended.</returns>
    public abstract bool Advance();
}
