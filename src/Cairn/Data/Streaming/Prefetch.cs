using System.Runtime.ExceptionServices;

namespace Cairn.Data;

/// <summary>Prefetches on a background thread: while a step computes, the next batches are read and decoded.</summary>
/// <remarks>
/// The thread sleeps once it is the given number of batches ahead, and is woken when half of them have been used, because waking it costs
/// more than handing over a batch. Its exceptions are rethrown to the consumer, after the batches that were read before.
/// </remarks>
internal sealed class Prefetch : IDisposable
{
    // For user code that neither finishes nor responds to cancellation: it is left on its thread, so that training can end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IBatchReader reader;
    private readonly int ahead;
    private readonly Queue<Batch> ready = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private ExceptionDispatchInfo? failure;
    private bool ended;

    public Prefetch(IBatchReader reader, int ahead)
    {
        this.reader = reader;
        this.ahead = ahead;
        thread = new Thread(ReadAll) { IsBackground = true, Name = "Cairn: reading ahead" };
        thread.Start();
    }

    /// <summary>The next batch, which the caller must dispose; null at the end of the data.</summary>
    /// <exception cref="OperationCanceledException">Waiting was canceled.</exception>
    public Batch? Take(CancellationToken cancellation)
    {
        lock (ready)
        {
            if (ready.Count == 0)
            {
                WaitForBatch(cancellation);
            }

            if (!ready.TryDequeue(out Batch? batch))
            {
                failure?.Throw();
                return null;
            }

            if (ready.Count == ahead / 2)
            {
                Monitor.PulseAll(ready);
            }

            return batch;
        }
    }

    /// <summary>Stops the thread, waits for its current read, and disposes the batches it has read.</summary>
    public void Dispose()
    {
        stop.Cancel();
        lock (ready)
        {
            Monitor.PulseAll(ready);
        }

        bool isDone = thread.Join(Patience);
        lock (ready)
        {
            while (ready.TryDequeue(out Batch? batch))
            {
                batch.Dispose();
            }
        }

        if (isDone)
        {
            stop.Dispose();
        }
    }

    private void WaitForBatch(CancellationToken cancellation)
    {
        CancellationTokenRegistration wake = cancellation.Register(() =>
        {
            lock (ready)
            {
                Monitor.PulseAll(ready);
            }
        });
        while (ready.Count == 0 && !ended)
        {
            cancellation.ThrowIfCancellationRequested();
            Monitor.Wait(ready);
        }

        // Not Dispose, which would wait for a callback that itself waits for the lock held here.
        wake.Unregister();
    }

    private void ReadAll()
    {
        try
        {
            using (reader)
            {
                while (!stop.IsCancellationRequested && reader.Read(stop.Token) is { } batch)
                {
                    Hand(batch);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        lock (ready)
        {
            ended = true;
            Monitor.PulseAll(ready);
        }
    }

    private void Hand(Batch batch)
    {
        lock (ready)
        {
            if (stop.IsCancellationRequested)
            {
                batch.Dispose();
                return;
            }

            ready.Enqueue(batch);
            if (ready.Count == 1)
            {
                Monitor.PulseAll(ready);
            }

            if (ready.Count < ahead)
            {
                return;
            }

            while (ready.Count > ahead / 2 && !stop.IsCancellationRequested)
            {
                Monitor.Wait(ready);
            }
        }
    }
}
