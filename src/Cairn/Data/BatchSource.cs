using Cairn.Training;

namespace Cairn.Data;

/// <summary>Where a loop takes its batches from, pass by pass over the data.</summary>
internal abstract class BatchSource : IDisposable
{
    /// <summary>Batches in a pass, or null where that is not known.</summary>
    public abstract int? BatchCount { get; }

    /// <summary>Samples in a pass, or null where that is not known.</summary>
    public virtual long? SampleCount => null;

    /// <summary>Samples in all batches but the last, or null where that is not known.</summary>
    public virtual int? BatchSize => null;

    /// <summary>The shapes of the inputs with open batch axes.</summary>
    public abstract IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>The shapes of the targets with open batch axes; none where there are no targets.</summary>
    public abstract IReadOnlyList<Shape> TargetShapes { get; }

    /// <summary>Starts a pass over the data.</summary>
    /// <param name="order">What to draw the order of the samples from; null for their own. Data that come one after the other keep theirs.</param>
    public abstract void BeginPass(RandomStream? order);

    /// <summary>Goes to the next batch of the pass.</summary>
    /// <returns>False at the end of the data, or when waiting for them was cancelled.</returns>
    public abstract bool MoveNext(CancellationToken cancellation = default);

    /// <summary>The batch, made in the dispose scope of the caller and valid until the next one.</summary>
    public abstract Batch Current { get; }

    /// <summary>Has each batch checked when it comes, where the data are not known as a whole beforehand.</summary>
    /// <param name="check">Gets the batch, which may have room for more samples than its count says, and its place in the pass.</param>
    public virtual void CheckEach(Action<Batch, long> check)
    {
    }

    /// <summary>Leaves out batches, those of a pass that another process has begun.</summary>
    public virtual void Skip(int batches)
    {
        for (int i = 0; i < batches && MoveNext(); i++)
        {
        }
    }

    public abstract void Dispose();
}
