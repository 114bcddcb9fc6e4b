namespace Cairn.Data;

/// <summary>One pass over data that come one batch after the other. Used by one thread at a time.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>The next batch, which is the caller's to dispose, or null at the end of the data.</summary>
    Batch? Read(CancellationToken cancellation);

    /// <summary>Leaves out batches: by reading them, where there is no shorter way.</summary>
    void Skip(int batches)
    {
        for (int i = 0; i < batches && Read(CancellationToken.None) is { } batch; i++)
        {
            batch.Dispose();
        }
    }
}
