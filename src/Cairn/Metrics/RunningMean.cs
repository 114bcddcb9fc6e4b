using Cairn.Training;

namespace Cairn.Metrics;

/// <summary>A weighted sum and the sum of its weights, over batches: what <see cref="Mean"/> and <see cref="MeanMetric"/> gather.</summary>
internal struct RunningMean
{
    private double total;
    private double count;

    /// <summary>The mean as a 32-bit float, as in Keras; 0 of nothing.</summary>
    public readonly double Result => count == 0 ? 0 : (float)(total / count);

    public void Add(double sum, double weight)
    {
        total += sum;
        count += weight;
    }

    public void Reset() => (total, count) = (0, 0);

    public readonly SavedState Save()
    {
        var state = new SavedState();
        state.Set("total", total);
        state.Set("count", count);
        return state;
    }

    public void Load(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (total, count) = (state.GetDouble("total"), state.GetDouble("count"));
    }
}
