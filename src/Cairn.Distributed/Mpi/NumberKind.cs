namespace Cairn.Distributed.Mpi;

/// <summary>Numbers that can be added up.</summary>
internal enum NumberKind
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>64 bits.</summary>
    Float64,

    /// <summary>16 bits, as in IEEE 754.</summary>
    Float16,

    /// <summary>The upper half of 32 bits.</summary>
    BFloat16,
}
