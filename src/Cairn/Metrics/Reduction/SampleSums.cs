using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Keras' reduction of the values of a batch to one per sample, and to their weighted sum.</summary>
internal static class SampleSums
{
    /// <summary>Adds the sum over the samples and the sum of their weights.</summary>
    /// <param name="values">Values, <c>[batch, ...]</c>, or a scalar.</param>
    /// <param name="sampleWeight">Weights per sample or position, or null for 1.</param>
    /// <param name="averaged">Whether the value of a sample is the mean of its values, or their sum.</param>
    /// <param name="sum">The sum of the samples' values.</param>
    /// <param name="weight">The sum of their weights.</param>
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
        if (values.dim() > 0)
        {
            RankAlignment.Weigh(values, sampleWeight, spread: true);
        }

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
