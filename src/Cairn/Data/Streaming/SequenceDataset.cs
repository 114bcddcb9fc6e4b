namespace Cairn.Data;

/// <summary>Batches of a sequence, enumerated again for each pass.</summary>
internal sealed class SequenceDataset(IEnumerable<Batch> batches, int? count, int prefetch) : Dataset
{
    internal override BatchSource Open(BatchLayout layout) =>
        new SequenceSource(() => new SequenceReader(batches, new BatchIntake(layout)), count, layout, prefetch);

    private sealed class SequenceReader(IEnumerable<Batch> batches, BatchIntake intake) : IBatchReader
    {
        // A collection returns the same batches again in the next pass.
        private readonly bool isOwned = batches is not IReadOnlyCollection<Batch>;
        private IEnumerator<Batch>? enumerator;

        public Batch? Read(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            enumerator ??= batches.GetEnumerator();
            return enumerator.MoveNext() ? intake.Take(enumerator.Current, isOwned) : null;
        }

        public void Dispose() => enumerator?.Dispose();
    }
}
