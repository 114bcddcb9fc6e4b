using Cairn.Callbacks;

using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The weighted sum of values. Keras: <c>metrics.Sum</c>.</summary>
/// <remarks>For custom training loops: it takes values, not targets and predictions, so it can't be passed to Compile.</remarks>
/// <param name="name">The name in logs and the history.</param>
public sealed class Sum(string name = "sum") : Metric(name)
{
    private RunningSum total;

    /// <summary>Updates the metric with a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="weight">The weight; 1 by default.</param>
    public void Update(double value, double weight = 1) => total.Add(value * weight);

    /// <summary>Updates the metric with the values of a batch.</summary>
    /// <param name="values">Values, <c>[batch, ...]</c>, or a scalar.</param>
    /// <param name="sampleWeight">Weights per sample or position, or null for 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        RunningSum weights = default;
        SampleSums.Add(values, sampleWeight, averaged: false, ref total, ref weights);
        weights.Set(0);
    }

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always thrown: a sum takes values.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) =>
        throw new NotSupportedException("Sum takes values, not targets and predictions.");

    /// <inheritdoc/>
    public override double Result() => (float)total.Value;

    /// <inheritdoc/>
    public override void ResetState() => total.Set(0);

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

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
