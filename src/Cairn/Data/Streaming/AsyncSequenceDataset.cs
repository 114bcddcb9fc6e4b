namespace Cairn.Data;

/// <summary>Batches of an asynchronous sequence, enumerated again for each pass.</summary>
internal sealed class AsyncSequenceDataset(IAsyncEnumerable<Batch> batches, int? count, int prefetch) : Dataset
{
    internal override BatchSource Open(BatchLayout layout) =>
        new SequenceSource(() => new AsyncSequenceReader(batches, new BatchIntake(layout)), count, layout, prefetch);

    // Runs on the prefetch thread, which has nothing else to do but wait.
    private sealed class AsyncSequenceReader(IAsyncEnumerable<Batch> batches, BatchIntake intake) : IBatchReader
    {
        private IAsyncEnumerator<Batch>? enumerator;

        public Batch? Read(CancellationToken cancellation)
        {
            enumerator ??= batches.GetAsyncEnumerator(cancellation);
            return enumerator.MoveNextAsync().AsTask().GetAwaiter().GetResult() ? intake.Take(enumerator.Current, isOwned: true) : null;
        }

        public void Dispose() => enumerator?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
