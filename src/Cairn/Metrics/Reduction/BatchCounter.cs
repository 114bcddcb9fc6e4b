using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Counts batches in managed code, in one pass where libtorch would need dozens of operations. Batches on the CPU are counted immediately;
/// batches on another device are kept there until the counts are read, so that steps don't wait for the device.
/// </summary>
/// <param name="count">Counts a batch of targets, predictions and weights (null for 1), in C order.</param>
internal sealed class BatchCounter(Action<float[], float[], float[]?> count)
{
    // 64 MB: enough for an epoch of labels and scores without using much device memory. Beyond that, batches are counted early.
    private const long MostWaiting = 16 << 20;

    private readonly List<(Tensor YTrue, Tensor YPred, Tensor? Weights)> waiting = [];
    private long elements;

    /// <summary>Counts a batch, immediately or later.</summary>
    /// <param name="yTrue">Targets.</param>
    /// <param name="yPred">Predictions, of the same number.</param>
    /// <param name="weights">Weights, of the same number, or null for 1.</param>
    public void Add(Tensor yTrue, Tensor yPred, Tensor? weights)
    {
        if (HostNumbers.AreAtHand(yPred))
        {
            Count(yTrue, yPred, weights);
            return;
        }

        waiting.Add((Kept(yTrue), Kept(yPred), weights is null ? null : Kept(weights)));
        elements += (weights is null ? 2 : 3) * yPred.NumberOfElements;
        if (elements > MostWaiting)
        {
            CountWaiting();
        }
    }

    /// <summary>Counts the pending batches, as one batch; must be called before reading the counts.</summary>
    public void CountWaiting()
    {
        if (waiting.Count == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        bool weighted = waiting.Any(batch => batch.Weights is not null);
        Count(
            cat([.. waiting.Select(batch => batch.YTrue)]),
            cat([.. waiting.Select(batch => batch.YPred)]),
            weighted ? cat([.. waiting.Select(batch => batch.Weights ?? ones_like(batch.YPred))]) : null);
        Forget();
    }

    /// <summary>Discards the pending batches.</summary>
    public void Forget()
    {
        foreach ((Tensor yTrue, Tensor yPred, Tensor? weights) in waiting)
        {
            yTrue.Dispose();
            yPred.Dispose();
            weights?.Dispose();
        }

        waiting.Clear();
        elements = 0;
    }

    private void Count(Tensor yTrue, Tensor yPred, Tensor? weights) =>
        count(HostNumbers.Of(yTrue), HostNumbers.Of(yPred), weights is null ? null : HostNumbers.Of(weights));

    // A copy, since the memory of a batch may be reused; flattened, since batches differ in size.
    private static Tensor Kept(Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        return values.detach().to(ScalarType.Float32).flatten().clone().DetachFromDisposeScope();
    }
}
