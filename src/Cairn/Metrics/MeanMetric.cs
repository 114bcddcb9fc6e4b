using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A metric that is the mean over all samples of a number for each of them. Keras: <c>MeanMetricWrapper</c>.</summary>
/// <param name="name">The name in logs and histories.</param>
public abstract class MeanMetric(string name) : Metric(name)
{
    private double total;
    private double count;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (sampleWeight is null && TrySum(yTrue, yPred, out double sum, out long rows))
        {
            total += sum;
            count += rows;
            return;
        }

        using var scope = NewDisposeScope();
        Tensor values = Values(yTrue, yPred);
        if (sampleWeight is null)
        {
            long samples = values.dim() == 0 ? 1 : values.shape[0];
            if (samples == 0) return;

            // The mean over each sample's own axes first, then the sum over samples.
            total += values.sum().to(ScalarType.Float32).item<float>() * ((double)samples / values.NumberOfElements);
            count += samples;
            return;
        }

        (double weightedSum, double weight) = SampleSums.Of(values, sampleWeight, averaged: true);
        total += weightedSum;
        count += weight;
    }

    internal override bool TakesMasks => true;

    /// <inheritdoc/>
    public override double Result() => count == 0 ? 0 : (float)(total / count);

    /// <inheritdoc/>
    public override void ResetState() => (total, count) = (0, 0);

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("total", total);
        state.Set("count", count);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (total, count) = (state.GetDouble("total"), state.GetDouble("count"));
    }

    /// <summary>The sum over the samples without libtorch's operations, where a metric can do that for these tensors.</summary>
    private protected virtual bool TrySum(Tensor yTrue, Tensor yPred, out double sum, out long samples)
    {
        (sum, samples) = (0, 0);
        return false;
    }

    /// <summary>The number of each sample, or of each position of it: <c>[batch, ...]</c>.</summary>
    protected abstract Tensor Values(Tensor yTrue, Tensor yPred);
}
