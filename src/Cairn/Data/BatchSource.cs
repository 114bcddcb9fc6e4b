using Cairn.Training;

namespace Cairn.Data;

/// <summary>The source of the batches of a training or evaluation loop, in passes over the data.</summary>
internal abstract class BatchSource : IDisposable
{
    /// <summary>Number of batches per pass, or null if unknown.</summary>
    public abstract int? BatchCount { get; }

    /// <summary>Number of samples per pass, or null if unknown.</summary>
    public virtual long? SampleCount => null;

    /// <summary>Number of samples in each batch except the last, or null if unknown.</summary>
    public virtual int? BatchSize => null;

    /// <summary>The shapes of the inputs, with an open batch axis.</summary>
    public abstract IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>The shapes of the targets, with an open batch axis; empty if there are none.</summary>
    public abstract IReadOnlyList<Shape> TargetShapes { get; }

    /// <summary>Starts a pass over the data.</summary>
    /// <param name="order">
    /// The random stream that the sample order is drawn from; null to keep the order of the data. Sequential data is never shuffled.
    /// </param>
    public abstract void BeginPass(RandomStream? order);

    /// <summary>Advances to the next batch of the pass.</summary>
    /// <returns>False at the end of the data, or if waiting for them was canceled.</returns>
    public abstract bool MoveNext(CancellationToken cancellation = default);

    /// <summary>The current batch, created in the caller's dispose scope and valid until the next call of <see cref="MoveNext"/>.</summary>
    public abstract Batch Current { get; }

    /// <summary>Whether batches have only the rows of this process, if several train together; otherwise they have all.</summary>
    public virtual bool ReadsShare => false;

    /// <summary>Number of samples of the current batch.</summary>
    public virtual long CurrentCount => Current.Count;

    /// <summary>Some consecutive samples of the current batch, under the conditions of <see cref="Current"/>.</summary>
    /// <param name="first">Index of the first one.</param>
    /// <param name="count">Their number.</param>
    public virtual Batch RowsOfCurrent(long first, long count) => Current.Rows(first, count);

    /// <summary>
    /// A checksum of the current batch, below 2^24, if it has all rows and is not part of data that processes have compared as a whole;
    /// otherwise 0.
    /// </summary>
    public virtual uint ContentOfCurrent => 0;

    /// <summary>Checks each batch as it arrives, for data that is not in memory as a whole.</summary>
    /// <param name="check">
    /// Receives the batch, which may have room for more samples than its count, and its index in the pass.
    /// </param>
    public virtual void CheckEach(Action<Batch, long> check)
    {
    }

    /// <summary>Skips batches: those that the interrupted run has already processed in this pass.</summary>
    public virtual void Skip(int batches)
    {
        for (int i = 0; i < batches && MoveNext(); i++)
        {
        }
    }

    public abstract void Dispose();
}
