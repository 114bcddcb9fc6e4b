using Cairn.Callbacks;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The weighted mean of values, such as the loss of an epoch. Keras: <c>metrics.Mean</c>.</summary>
/// <remarks>For custom training loops: it takes values, not targets and predictions, so it can't be passed to Compile.</remarks>
/// <param name="name">The name in logs and the history.</param>
public sealed class Mean(string name = "mean") : Metric(name)
{
    private RunningMean mean;

    /// <inheritdoc/>
    public override MetricDirection? Direction => Name == "loss" ? MetricDirection.Down : null;

    /// <summary>Whether nothing was added since the last reset.</summary>
    internal bool IsEmpty => mean.IsEmpty;

    /// <summary>Updates the metric with a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="weight">The weight; 1 by default.</param>
    public void Update(double value, double weight = 1)
    {
        mean.Add(value * weight, weight);
    }

    /// <summary>Updates the mean with the loss of a batch.</summary>
    internal void Add(BatchLoss loss, double samples)
    {
        if (loss.Tensor is { } value)
        {
            mean.Add(value, samples, samples);
        }
        else
        {
            Update(loss.Number, samples);
        }
    }

    /// <summary>Updates the metric with the values of a batch: the weighted mean of each sample.</summary>
    /// <param name="values">Values, <c>[batch, ...]</c>, or a scalar.</param>
    /// <param name="sampleWeight">Weights per sample or position, or null for 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null) => mean.AddSamples(values, sampleWeight);

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always thrown: a mean takes values.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) =>
        throw new NotSupportedException("Mean takes values, not targets and predictions.");

    /// <inheritdoc/>
    public override double Result() => mean.Result;

    /// <inheritdoc/>
    public override void ResetState() => mean.Reset();

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState() => mean.Save();

    /// <inheritdoc/>
    public override void LoadState(SavedState state) => mean.Load(state);
}
