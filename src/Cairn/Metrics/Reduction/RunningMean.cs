using Cairn.Callbacks;

using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// A weighted sum and the sum of its weights, over batches: the state of <see cref="Mean"/> and <see cref="MeanMetric"/>.
/// </summary>
internal struct RunningMean
{
    private RunningSum total;
    private RunningSum count;

    /// <summary>The mean as a 32-bit float, as in Keras; 0 if empty.</summary>
    public readonly double Result => count.Value is var weight && weight == 0 ? 0 : (float)(total.Value / weight);

    /// <summary>Whether nothing with a weight was added.</summary>
    public readonly bool IsEmpty => count.Value == 0;

    public void Add(double sum, double weight)
    {
        total.Add(sum);
        count.Add(weight);
    }

    /// <summary>Adds a value with a weight.</summary>
    public void Add(Tensor number, double factor, double weight)
    {
        total.Add(number, factor);
        count.Add(weight);
    }

    /// <summary>Adds the weighted mean of each sample.</summary>
    public void AddSamples(Tensor values, Tensor? sampleWeight) =>
        SampleSums.Add(values, sampleWeight, averaged: true, ref total, ref count);

    public void Reset()
    {
        total.Set(0);
        count.Set(0);
    }

    public readonly SavedState Save()
    {
        var state = new SavedState();
        state.Set("total", total.Value);
        state.Set("count", count.Value);
        return state;
    }

    public void Load(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        total.Set(state.GetDouble("total"));
        count.Set(state.GetDouble("count"));
    }
}
