using Cairn.Callbacks;

using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A weighted sum of numbers. Keras: <c>metrics.Sum</c>.</summary>
/// <remarks>For loops of one's own: it takes numbers, not targets and predictions, and so can't be compiled into a model.</remarks>
/// <param name="name">The name in logs and histories.</param>
public sealed class Sum(string name = "sum") : Metric(name)
{
    private RunningSum total;

    /// <summary>Takes a number into account.</summary>
    /// <param name="value">The number.</param>
    /// <param name="weight">How much it counts; 1 by default.</param>
    public void Update(double value, double weight = 1) => total.Add(value * weight);

    /// <summary>Takes the numbers of a batch into account.</summary>
    /// <param name="values">Numbers, <c>[batch, ...]</c>, or a single one.</param>
    /// <param name="sampleWeight">A weight for each sample or position, or null for 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        RunningSum weights = default;
        SampleSums.Add(values, sampleWeight, averaged: false, ref total, ref weights);
        weights.Set(0);
    }

    /// <summary>Not for sums.</summary>
    /// <exception cref="NotSupportedException">Always: a sum takes numbers.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) =>
        throw new NotSupportedException("A sum takes numbers, not targets and predictions.");

    /// <inheritdoc/>
    public override double Result() => (float)total.Value;

    /// <inheritdoc/>
    public override void ResetState() => total.Set(0);

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("total", total.Value);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        total.Set(state.GetDouble("total"));
    }
}
