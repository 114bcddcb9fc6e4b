using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Batches that are read sequentially, with optional prefetching.</summary>
/// <param name="layout">How the model expects its batches.</param>
/// <param name="prefetch">Number of batches to prefetch on a background thread; 0 to read each batch when it is needed.</param>
/// <param name="onlyWhereSlow">Whether that thread is started only if training has had to wait for data.</param>
internal abstract class StreamSource(BatchLayout layout, int prefetch, bool onlyWhereSlow = false) : BatchSource
{
    private IBatchReader? reader;
    private Prefetch? ahead;
    private ReadingPace pace = new();
    private Batch? current;
    private Batch? peeked;
    private Action<Batch, long>? check;
    private long index;
    private bool untouched;

    public override Batch Current => current!.IsPooled ? InPlace(current) : current;

    public override uint ContentOfCurrent => ReadsShare ? 0 : BatchContent.HashOf(Current);

    public override void CheckEach(Action<Batch, long> check) => this.check = check;

    public override void BeginPass(RandomStream? order)
    {
        // The pass that was started to inspect the data is used, because some data can be read only once.
        if (untouched)
        {
            untouched = false;
            return;
        }

        EndPass();
        reader = Open(order);
    }

    public override bool MoveNext(CancellationToken cancellation = default)
    {
        current?.Dispose();
        current = null;
        try
        {
            current = peeked ?? Next(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }

        peeked = null;
        if (current is null)
        {
            return false;
        }

        check?.Invoke(current, index++);
        return true;
    }

    public override void Skip(int batches)
    {
        if (reader is null || peeked is not null)
        {
            base.Skip(batches);
            return;
        }

        reader.Skip(batches);
        index += batches;
    }

    public override void Dispose() => EndPass();

    /// <summary>Starts reading from the beginning.</summary>
    protected abstract IBatchReader Open(RandomStream? order);

    /// <summary>The first batch, which remains the first one of the first pass; null if there are no data.</summary>
    protected Batch? Peek()
    {
        BeginPass(null);
        peeked = Next(CancellationToken.None);
        untouched = true;
        return peeked;
    }

    // The thread starts with the first requested batch, so that skipped batches need not be read.
    private Batch? Next(CancellationToken cancellation)
    {
        if (prefetch == 0)
        {
            return reader?.Read(cancellation);
        }

        if (onlyWhereSlow && !pace.IsSlow)
        {
            return reader is null ? null : pace.Read(reader, cancellation);
        }

        if (reader is not null)
        {
            (ahead, reader) = (new Prefetch(reader, prefetch), null);
        }

        return ahead?.Take(cancellation);
    }

    private Batch InPlace(Batch pooled)
    {
        (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = pooled.Slots;
        return new Batch(Array.ConvertAll(inputs, Filled), Array.ConvertAll(targets, Filled),
            Array.ConvertAll(weights, w => w is null ? null : Filled(w)), pooled.Count)
        { Share = pooled.Share };

        Tensor Filled(Tensor room)
        {
            Tensor filled = room.narrow(0, 0, pooled.Count);
            return layout.Device.type == DeviceType.CPU ? filled : filled.to(layout.Device);
        }
    }

    private void EndPass()
    {
        current?.Dispose();
        peeked?.Dispose();
        ahead?.Dispose();
        reader?.Dispose();
        (current, peeked, ahead, reader, untouched, index) = (null, null, null, null, false, 0);
        pace = new ReadingPace();
    }
}
