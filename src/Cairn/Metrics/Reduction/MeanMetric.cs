using Cairn.Callbacks;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A metric that is the mean of one value per sample. Keras: <c>MeanMetricWrapper</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public abstract class MeanMetric(string name) : Metric(name)
{
    private RunningMean mean;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (sampleWeight is null && HostNumbers.AreAtHand(yPred) && TrySum(yTrue, yPred, out double sum, out long rows))
        {
            mean.Add(sum, rows);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        if (IsOwn)
        {
            (yTrue, yPred) = RankAlignment.Align(yTrue, yPred);
        }

        Tensor values = Values(yTrue, yPred);
        if (sampleWeight is null)
        {
            long samples = values.dim() == 0 ? 1 : values.size(0);
            if (samples == 0)
            {
                return;
            }

            // The mean over each sample's own axes first, then the sum over samples.
            mean.Add(values.sum().to(ScalarType.Float32), (double)samples / values.NumberOfElements, samples);
            return;
        }

        mean.AddSamples(values, sampleWeight);
    }

    internal override bool TakesMasks => true;

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
        if (IsOwn)
        {
            RankAlignment.RefuseBroadcast(Name, yTrue, yPred, argument);
        }
        else
        {
            RankAlignment.RequireAlike(ClassName, yTrue, yPred, argument);
        }
    }

    internal override bool TryAddHits(int hits, Tensor yTrue, long samples)
    {
        if (!TakesHits(yTrue))
        {
            return false;
        }

        mean.Add(hits, samples);
        return true;
    }

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

    /// <summary>Whether the metric is the fraction of samples whose largest prediction is at the class of targets of this form.</summary>
    private protected virtual bool TakesHits(Tensor yTrue) => false;

    /// <summary>Computes the sum over the samples without libtorch operations, if the metric supports that for these tensors.</summary>
    private protected virtual bool TrySum(Tensor yTrue, Tensor yPred, out double sum, out long samples)
    {
        (sum, samples) = (0, 0);
        return false;
    }

    /// <summary>Computes the value of each sample, or of each position, <c>[batch, ...]</c>.</summary>
    protected abstract Tensor Values(Tensor yTrue, Tensor yPred);
}
