using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Native;
using Cairn.Replication;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Arrays in files, read batch by batch into reused memory.</summary>
internal sealed class NpyDataset(NpyFiles files, int batchSize, int? prefetch) : Dataset
{
    // Reading this much takes some 100 microseconds or more, several times as long as waking a thread.
    private const long LargeBatchBytes = 512 * 1024;

    internal override BatchSource Open(BatchLayout layout)
    {
        NpyRowSet rows = files.Open(layout);
        var pool = new BatchPool(
            batchSize, [.. rows.Inputs.Select(r => r.Shape)], [.. rows.Targets.Select(r => r.Shape)],
            [.. rows.Weights.Select(w => w?.Shape)], layout);

        // The step of a small batch leaves a core for a thread that reads ahead; the step of a large batch uses all cores.
        return new Source(rows, pool, batchSize, layout, prefetch ?? pool.BatchesAhead,
            onlyWhereSlow: prefetch is null && pool.BatchBytes >= LargeBatchBytes);
    }

    private sealed class Source(NpyRowSet rows, BatchPool pool, int batchSize, BatchLayout layout, int prefetch, bool onlyWhereSlow)
        : StreamSource(layout, prefetch, onlyWhereSlow)
    {
        private readonly bool mustBeFinite = layout.MustBeFinite;
        private readonly IReplication? replication = layout.Replication;

        public override bool ReadsShare => replication is not null;

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

        protected override IBatchReader Open(RandomStream? order)
        {
            foreach (NpyRows array in rows.All)
            {
                array.RequireUnchanged();
            }

            return new Reader(rows, order is { } random ? random.NextPermutation(rows.Count) : null, batchSize, pool, mustBeFinite,
                replication);
        }
    }

    private sealed class Reader(
        NpyRowSet rows, long[]? order, int batchSize, BatchPool pool, bool mustBeFinite, IReplication? replication) : IBatchReader
    {
        private long next;
        private long start;

        public Batch? Read(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (next == rows.Count)
            {
                return null;
            }

            Batch batch = pool.Take();
            long whole = Math.Min(batchSize, rows.Count - next);
            batch.Share = replication is null ? null : BatchShare.Of(replication, whole);
            batch.Count = batch.Share?.Count ?? whole;
            long place = next + (batch.Share?.First ?? 0);
            start = place;
            try
            {
                (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = batch.Slots;
                for (int i = 0; i < inputs.Length; i++)
                {
                    Fill(rows.Inputs[i], inputs[i], (int)batch.Count);
                }

                for (int i = 0; i < targets.Length; i++)
                {
                    Fill(rows.Targets[i], targets[i], (int)batch.Count);
                }

                for (int i = 0; i < weights.Length; i++)
                {
                    if (rows.Weights[i] is { } weight)
                    {
                        Fill(weight, weights[i]!, (int)batch.Count);
                    }
                }
            }
            catch
            {
                batch.Dispose();
                throw;
            }

            batch.Origin = row => $"row {RowOf(place + row)}";
            next += whole;
            return batch;
        }

        public void Skip(int batches) => next = Math.Min(next + ((long)batches * batchSize), rows.Count);

        public void Dispose()
        {
        }

        private long RowOf(long place) => order is null ? place : order[place];

        private void Fill(NpyRows source, Tensor target, int count)
        {
            if (target.dtype == ScalarType.Int64)
            {
                Fill<long>(source, target, count, check: false);
            }
            else
            {
                Fill<float>(source, target, count, mustBeFinite);
            }
        }

        private unsafe void Fill<T>(NpyRows source, Tensor target, int count, bool check)
            where T : unmanaged, INumber<T>
        {
            var first = (T*)TensorMemory.PointerTo(target);
            int width = (int)(target.NumberOfElements / batchSize);
            int parts = source.IsStoredAs<T>() && (long)count * width * sizeof(T) >= LargeBatchBytes ? ParallelPieces.Threads : 1;
            if (parts == 1)
            {
                FillPart(0);
            }
            else
            {
                ParallelPieces.Run(parts, FillPart);
            }

            void FillPart(int part)
            {
                int start = (int)((long)count * part / parts);
                int end = (int)((long)count * (part + 1) / parts);
                int together = order is null ? end - start : 1;
                for (int i = start; i < end; i += together)
                {
                    var rows = new Span<T>(first + ((long)i * width), together * width);
                    source.Read(RowOf(this.start + i), together, rows);

                    // Checked right away, while the values are in the CPU cache.
                    if (check)
                    {
                        RequireFinite(source, MemoryMarshal.Cast<T, float>(rows), i, together);
                    }
                }
            }
        }

        private void RequireFinite(NpyRows source, ReadOnlySpan<float> numbers, int from, int count)
        {
            if (DataCheck.IndexOfNotFinite(numbers) < 0)
            {
                return;
            }

            DataCheck.Finite(numbers, source.Shape[1..].WithBatch(count), $"'{source.Name}'",
                row => $"row {RowOf(start + from + row)} (batch {next / batchSize}, row {start - next + from + row})");
        }
    }
}
