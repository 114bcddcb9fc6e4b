namespace Cairn.Saving;

/// <summary>What a file may claim before it is refused. A real model stays far below.</summary>
/// <remarks>The point is that a few hostile bytes must not be able to ask for all memory or for endless work.</remarks>
internal sealed class FileLimits
{
    internal static FileLimits Default { get; } = new();

    /// <summary>Bytes of one weight.</summary>
    public long MaximumWeightBytes { get; init; } = 1L << 40;

    /// <summary>Bytes of all weights of a file together.</summary>
    public long MaximumTotalBytes { get; init; } = 1L << 40;

    /// <summary>How many bytes of weights one stored byte may stand for. Deflate cannot exceed 1032.</summary>
    public long MaximumExpansion { get; init; } = 1032;

    /// <summary>Dimensions of a weight; HDF5 itself stops at 32.</summary>
    public int MaximumRank { get; init; } = 32;

    /// <summary>Groups and data sets in a file.</summary>
    public int MaximumObjects { get; init; } = 1_000_000;

    /// <summary>Groups inside groups.</summary>
    public int MaximumDepth { get; init; } = 64;

    /// <summary>Bytes of one name of a layer or weight.</summary>
    public int MaximumNameBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of one JSON text.</summary>
    public int MaximumJsonBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Objects inside objects in a JSON text.</summary>
    public int MaximumJsonDepth { get; init; } = 512;

    /// <summary>Members of a zip archive; Keras writes three.</summary>
    public int MaximumMembers { get; init; } = 1000;

    /// <summary>How many bytes one packed byte of a zip archive may stand for, above <see cref="MinimumReadBudget"/>. Keras does not pack.</summary>
    public int MaximumZipExpansion { get; init; } = 100;

    /// <summary>Bytes that may be read for each byte of the file: a structure that leads in circles reads without end.</summary>
    public int MaximumReadsOfEachByte { get; init; } = 16;

    /// <summary>Bytes that may be read from any file, however short.</summary>
    public long MinimumReadBudget { get; init; } = 64 * 1024 * 1024;
}
