namespace Cairn.Replication;

/// <summary>
/// Sums of the gradients of all processes that are made while the optimizer updates the weights: each stretch is updated while its sums are
/// in the cache.
/// </summary>
internal unsafe interface IStretchedSums
{
    /// <summary>The most elements that a stretch can have.</summary>
    const int Longest = 16_384;

    /// <summary>The elements of a stretch. A variable is cut into stretches of this length and the rest.</summary>
    int Length { get; }

    /// <summary>The sums of the next stretch, in the order of the variables and their elements; valid until the next call.</summary>
    /// <param name="count">How many elements it has.</param>
    float* Next(int count);
}
