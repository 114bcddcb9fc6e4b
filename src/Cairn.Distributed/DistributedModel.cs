namespace Cairn.Distributed;

/// <summary>Distributes the training of models.</summary>
public static class DistributedModel
{
    /// <summary>Lets <c>Fit</c> train the model on several processes. All of them call <c>Fit</c> with the same arguments.</summary>
    /// <remarks>
    /// <c>batchSize</c> and the learning rate are those of all processes together: each computes its rows of every batch. Metrics,
    /// validation results and callbacks see the whole. Outside of <c>Fit</c>, the model computes in each process for itself.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="distribution">How to distribute; null, or one process, to train as without it.</param>
    public static void Distribute(this Model model, DataParallel? distribution)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Distribution = distribution is { Replicas.Size: > 1 } ? distribution : null;
    }
}
