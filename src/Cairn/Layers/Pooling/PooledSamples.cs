using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The pooling of samples of one shape, channels last.</summary>
/// <param name="Sizes">The sizes.</param>
/// <param name="IsMaximum">Whether the results are maxima; otherwise means.</param>
/// <param name="Sample">The shape of a sample.</param>
/// <param name="Output">The shape of its result.</param>
/// <param name="Ordinary">The same function in libtorch's operations.</param>
internal sealed record PooledSamples(
    PooledAxes Sizes, bool IsMaximum, long[] Sample, long[] Output, Func<Tensor, Tensor> Ordinary)
{
    /// <summary>Whether it is for samples of this shape, the batch included.</summary>
    public bool IsFor(ReadOnlySpan<long> shape) => shape[1..].SequenceEqual(Sample);
}
