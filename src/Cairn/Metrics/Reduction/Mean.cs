using Cairn.Callbacks;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A weighted mean of numbers; the loss of an epoch is one. Keras: <c>metrics.Mean</c>.</summary>
/// <remarks>For loops of one's own: it takes numbers, not targets and predictions, and so can't be compiled into a model.</remarks>
/// <param name="name">The name in logs and histories.</param>
public sealed class Mean(string name = "mean") : Metric(name)
{
    private RunningMean mean;

    /// <inheritdoc/>
    public override MetricDirection? Direction => Name == "loss" ? MetricDirection.Down : null;

    /// <summary>Takes a number into account.</summary>
    /// <param name="value">The number.</param>
    /// <param name="weight">How much it counts; 1 by default.</param>
    public void Update(double value, double weight = 1)
    {
        mean.Add(value * weight, weight);
    }

    /// <summary>Takes the loss of a batch into account.</summary>
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

    /// <summary>Takes the numbers of a batch into account: the mean of each sample, weighted.</summary>
    /// <param name="values">Numbers, <c>[batch, ...]</c>, or a single one.</param>
    /// <param name="sampleWeight">A weight for each sample or position, or null for 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null) => mean.AddSamples(values, sampleWeight);

    /// <summary>Not for means.</summary>
    /// <exception cref="NotSupportedException">Always: a mean takes numbers.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) =>
        throw new NotSupportedException("A mean takes numbers, not targets and predictions.");

    /// <inheritdoc/>
    public override double Result() => mean.Result;

    /// <inheritdoc/>
    public override void ResetState() => mean.Reset();

    /// <inheritdoc/>
    public override SavedState? SaveState() => mean.Save();

    /// <inheritdoc/>
    public override void LoadState(SavedState state) => mean.Load(state);
}
