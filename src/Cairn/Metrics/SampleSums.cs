using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Keras' way from the numbers of a batch to one for each sample, and to their weighted sum.</summary>
internal static class SampleSums
{
    /// <summary>The sum over the samples, and of their weights.</summary>
    /// <param name="values">Numbers, <c>[batch, ...]</c>, or a single one.</param>
    /// <param name="sampleWeight">A weight for each sample or position, or null for 1.</param>
    /// <param name="averaged">Whether a sample's number is the mean of its numbers, or their sum.</param>
    public static (double Sum, double Weight) Of(Tensor values, Tensor? sampleWeight, bool averaged)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var scope = NewDisposeScope();
        values = values.to(ScalarType.Float32);
        if (values.NumberOfElements == 0) return (0, 0);
        if (sampleWeight is null) return (Reduce(values, 1, averaged).sum().item<float>(), values.dim() == 0 ? 1 : values.shape[0]);
        (values, sampleWeight) = RankAlignment.Align(values, sampleWeight.to(ScalarType.Float32));
        values = Reduce(values, sampleWeight.dim(), averaged);
        Tensor weights = sampleWeight.broadcast_to(values.shape);
        return (Reduce(values * weights, 1, averaged).sum().item<float>(), Reduce(weights, 1, averaged).sum().item<float>());
    }

    private static Tensor Reduce(Tensor values, long keptAxes, bool averaged)
    {
        if (values.dim() <= keptAxes) return values;
        long[] axes = [.. Enumerable.Range((int)keptAxes, (int)(values.dim() - keptAxes)).Select(axis => (long)axis)];
        return averaged ? values.mean(axes) : values.sum(axes);
    }
}
