using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Counts batches in managed code, in one pass where libtorch would need dozens of operations. Batches of the CPU are counted at once; those of another
/// device wait there until somebody asks for the counts, so that no step waits for the device.
/// </summary>
/// <param name="count">Takes targets, predictions and weights (null for 1) of a batch into account, in C order.</param>
internal sealed class BatchCounter(Action<float[], float[], float[]?> count)
{
    // 64 MB: an epoch of labels and scores, and no more of a device's memory. What is beyond is counted in between.
    private const long MostWaiting = 16 << 20;

    private readonly List<(Tensor YTrue, Tensor YPred, Tensor? Weights)> waiting = [];
    private long elements;

    /// <summary>Counts a batch, now or later.</summary>
    /// <param name="yTrue">Targets.</param>
    /// <param name="yPred">Predictions, as many.</param>
    /// <param name="weights">As many weights, or null for 1.</param>
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

    /// <summary>Counts what waits, as one batch; to be called before the counts are read.</summary>
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

    /// <summary>Throws away what waits.</summary>
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

    // A copy, since the memory of a batch may be filled anew; in one row, since batches differ in size.
    private static Tensor Kept(Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        return values.detach().to(ScalarType.Float32).flatten().clone().DetachFromDisposeScope();
    }
}
