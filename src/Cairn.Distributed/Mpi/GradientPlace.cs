namespace Cairn.Distributed.Mpi;

/// <summary>Where the gradient of a variable is.</summary>
internal readonly unsafe struct GradientPlace(float* first, long length)
{
    /// <summary>Its first number.</summary>
    public readonly float* First = first;

    /// <summary>Count of its numbers.</summary>
    public readonly long Length = length;
}
