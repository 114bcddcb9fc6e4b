using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Cairn.Data;

/// <summary>Reads ahead on a thread of its own: while a step computes, the next batches are read and decoded.</summary>
/// <remarks>
/// The thread sleeps as soon as it is the given number of batches ahead, so it takes no more time from the training than reading in between
/// would. What it throws is thrown where the batches are taken, behind those that were read before.
/// </remarks>
internal sealed class Prefetch : IDisposable
{
    private readonly IBatchReader reader;
    private readonly BlockingCollection<Batch> ready;
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private ExceptionDispatchInfo? failure;

    public Prefetch(IBatchReader reader, int ahead)
    {
        this.reader = reader;
        ready = new BlockingCollection<Batch>(ahead);
        thread = new Thread(ReadAll) { IsBackground = true, Name = "Cairn: reading ahead" };
        thread.Start();
    }

    /// <summary>The next batch, which is the caller's to dispose; null at the end of the data.</summary>
    /// <exception cref="OperationCanceledException">Waiting was cancelled.</exception>
    public Batch? Take(CancellationToken cancellation)
    {
        if (ready.TryTake(out Batch? batch, Timeout.Infinite, cancellation)) return batch;
        failure?.Throw();
        return null;
    }

    /// <summary>Ends the thread, waiting for what it is at, and frees what it read.</summary>
    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        while (ready.TryTake(out Batch? batch)) batch.Dispose();
        ready.Dispose();
        stop.Dispose();
    }

    private void ReadAll()
    {
        try
        {
            using (reader)
            {
                while (reader.Read(stop.Token) is { } batch) Hand(batch);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    private void Hand(Batch batch)
    {
        try
        {
            ready.Add(batch, stop.Token);
        }
        catch (OperationCanceledException)
        {
            batch.Dispose();
            throw;
        }
    }
}
