using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Keras' way from the numbers of a batch to one for each sample, and to their weighted sum.</summary>
internal static class SampleSums
{
    /// <summary>Adds the sum over the samples, and that of their weights.</summary>
    /// <param name="values">Numbers, <c>[batch, ...]</c>, or a single one.</param>
    /// <param name="sampleWeight">A weight for each sample or position, or null for 1.</param>
    /// <param name="averaged">Whether a sample's number is the mean of its numbers, or their sum.</param>
    /// <param name="sum">What the samples' numbers are added to.</param>
    /// <param name="weight">What their weights are added to.</param>
    public static void Add(Tensor values, Tensor? sampleWeight, bool averaged, ref RunningSum sum, ref RunningSum weight)
    {
        ArgumentNullException.ThrowIfNull(values);
        using DisposeScope scope = NewDisposeScope();
        values = values.to(ScalarType.Float32);
        if (values.NumberOfElements == 0)
        {
            return;
        }

        if (sampleWeight is null)
        {
            sum.Add(Reduce(values, 1, averaged).sum());
            weight.Add(values.dim() == 0 ? 1 : values.size(0));
            return;
        }

        (values, sampleWeight) = RankAlignment.Align(values, sampleWeight.to(ScalarType.Float32));
        values = Reduce(values, sampleWeight.dim(), averaged);
        Tensor weights = sampleWeight.broadcast_to(values.shape);
        sum.Add(Reduce(values * weights, 1, averaged).sum());
        weight.Add(Reduce(weights, 1, averaged).sum());
    }

    private static Tensor Reduce(Tensor values, long keptAxes, bool averaged)
    {
        if (values.dim() <= keptAxes)
        {
            return values;
        }

        long[] axes = [.. Enumerable.Range((int)keptAxes, (int)(values.dim() - keptAxes)).Select(axis => (long)axis)];
        return averaged ? values.mean(axes) : values.sum(axes);
    }
}
