namespace Cairn.Data;

/// <summary>One pass over sequential data. Used by one thread at a time.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>The next batch, which the caller must dispose, or null at the end of the data.</summary>
    Batch? Read(CancellationToken cancellation);

    /// <summary>Skips batches, by reading them if there is no faster way.</summary>
    void Skip(int batches)
    {
        for (int i = 0; i < batches && Read(CancellationToken.None) is { } batch; i++)
        {
            batch.Dispose();
        }
    }
}
