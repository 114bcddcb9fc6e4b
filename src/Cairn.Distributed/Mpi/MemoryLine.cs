namespace Cairn.Distributed.Mpi;

/// <summary>What processors move between each other.</summary>
internal static class MemoryLine
{
    /// <summary>The bytes of a cache line.</summary>
    public const int Bytes = 64;
}
