using System.Numerics;
using Cairn.Native;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Arrays in files, read batch by batch into memory that is used again and again.</summary>
internal sealed class NpyDataset(NpyFiles files, int batchSize, int prefetch) : Dataset
{
    internal override BatchSource Open(BatchLayout layout)
    {
        return new Source(files.Open(), batchSize, layout, prefetch);
    }

    private sealed class Source(NpyRowSet rows, int batchSize, BatchLayout layout, int prefetch) : StreamSource(layout, prefetch)
    {
        private readonly BatchPool pool = new(
            batchSize, [.. rows.Inputs.Select(r => r.Shape)], [.. rows.Targets.Select(r => r.Shape)], rows.Weight is not null, layout);

        public override int? BatchCount => checked((int)((rows.Count + batchSize - 1) / batchSize));

        public override long? SampleCount => rows.Count;

        public override int? BatchSize => batchSize;

        public override IReadOnlyList<Shape> InputShapes => [.. rows.Inputs.Select(r => r.Shape)];

        public override IReadOnlyList<Shape> TargetShapes => [.. rows.Targets.Select(r => r.Shape)];

        public override void Dispose()
        {
            base.Dispose();
            pool.Dispose();
            rows.Dispose();
        }

        protected override IBatchReader Open(RandomStream? order) => new Reader(rows, order is { } random ? random.NextPermutation(rows.Count) : null, batchSize, pool);
    }

    private sealed class Reader(NpyRowSet rows, long[]? order, int batchSize, BatchPool pool) : IBatchReader
    {
        private long next;

        public Batch? Read(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (next == rows.Count) return null;
            Batch batch = pool.Take();
            batch.Count = Math.Min(batchSize, rows.Count - next);
            try
            {
                (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = batch.Slots;
                for (int i = 0; i < inputs.Length; i++) Fill(rows.Inputs[i], inputs[i], (int)batch.Count);
                for (int i = 0; i < targets.Length; i++) Fill(rows.Targets[i], targets[i], (int)batch.Count);
                if (rows.Weight is { } weight) Fill(weight, weights[0]!, (int)batch.Count);
            }
            catch
            {
                batch.Dispose();
                throw;
            }

            next += batch.Count;
            return batch;
        }

        public void Dispose()
        {
        }

        private void Fill(NpyRows source, Tensor target, int count)
        {
            if (target.dtype == ScalarType.Int64) Fill(source, TensorMemory.SpanOf<long>(target), count);
            else Fill(source, TensorMemory.SpanOf<float>(target), count);
        }

        private void Fill<T>(NpyRows source, Span<T> target, int count)
            where T : unmanaged, INumber<T>
        {
            int width = target.Length / batchSize;
            if (order is null)
            {
                source.Read(next, count, target[..(count * width)]);
                return;
            }

            for (int i = 0; i < count; i++) source.Read(order[next + i], 1, target.Slice(i * width, width));
        }
    }
}
