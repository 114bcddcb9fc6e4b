using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Batches that are read one after the other, ahead of the training where that is asked for.</summary>
internal abstract class StreamSource(BatchLayout layout, int prefetch) : BatchSource
{
    private IBatchReader? reader;
    private Prefetch? ahead;
    private Batch? current;
    private Batch? peeked;
    private bool untouched;

    public override Batch Current => current!.IsPooled ? InPlace(current) : current;

    public override void BeginPass(RandomStream? order)
    {
        // The pass that was begun to see what the data are like is not thrown away: some data can be read only once.
        if (untouched)
        {
            untouched = false;
            return;
        }

        EndPass();
        IBatchReader opened = Open(order);
        if (prefetch > 0) ahead = new Prefetch(opened, prefetch);
        else reader = opened;
    }

    public override bool MoveNext(CancellationToken cancellation = default)
    {
        current?.Dispose();
        current = peeked;
        peeked = null;
        if (current is not null) return true;
        try
        {
            current = ahead is not null ? ahead.Take(cancellation) : reader?.Read(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }

        return current is not null;
    }

    public override void Dispose() => EndPass();

    /// <summary>Starts to read from the beginning.</summary>
    protected abstract IBatchReader Open(RandomStream? order);

    /// <summary>The first batch, which stays the first one of the first pass; null where there are no data.</summary>
    protected Batch? Peek()
    {
        BeginPass(null);
        MoveNext();
        (peeked, current, untouched) = (current, null, true);
        return peeked;
    }

    private Batch InPlace(Batch pooled)
    {
        (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = pooled.Slots;
        return new Batch([.. inputs.Select(Filled)], [.. targets.Select(Filled)], [.. weights.Select(w => w is null ? null : Filled(w))], pooled.Count);

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
        (current, peeked, ahead, reader, untouched) = (null, null, null, null, false);
    }
}
