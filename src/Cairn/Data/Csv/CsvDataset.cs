using Cairn.Native;
using Cairn.Replication;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Rows of numbers in a CSV file: some columns are inputs, others targets and weights.</summary>
internal sealed class CsvDataset(
    string path, Columns? target, Columns? features, Columns? sampleWeight, CsvOptions options, int batchSize, int? prefetch) : Dataset
{
    internal override BatchSource Open(BatchLayout layout)
    {
        // Resolved once, since the working directory may change before the next pass.
        string full = System.IO.Path.GetFullPath(path);
        using var file = new CsvNumbers(full, options);
        var columns = CsvLayout.Find(file, target, features, sampleWeight, layout);
        var pool = new BatchPool(batchSize, columns.InputShapes, columns.TargetShapes, columns.WeightShapes, layout);
        return new Source(() => new CsvNumbers(full, options), new FileStamp(full), columns, pool, batchSize, layout,
            prefetch ?? pool.BatchesAhead);
    }

    private sealed class Source(
        Func<CsvNumbers> open, FileStamp stamp, CsvLayout columns, BatchPool pool, int batchSize, BatchLayout layout, int prefetch)
        : StreamSource(layout, prefetch)
    {
        private readonly bool mustBeFinite = layout.MustBeFinite;
        private readonly IReplication? replication = layout.Replication;
        private int? batchCount;

        public override bool ReadsShare => replication is not null;

        // The number of rows is known once all have been read.
        public override int? BatchCount => batchCount;

        public override int? BatchSize => batchSize;

        public override IReadOnlyList<Shape> InputShapes => columns.InputShapes;

        public override IReadOnlyList<Shape> TargetShapes => columns.TargetShapes;

        public override void Dispose()
        {
            base.Dispose();
            pool.Dispose();
        }

        protected override IBatchReader Open(RandomStream? order)
        {
            stamp.RequireUnchanged();
            return new Reader(open(), columns, batchSize, pool, mustBeFinite, replication, batches => batchCount = batches);
        }
    }

    private sealed class Reader(
        CsvNumbers file, CsvLayout columns, int batchSize, BatchPool pool, bool mustBeFinite, IReplication? replication, Action<int> atEnd)
        : IBatchReader
    {
        // Of several processes, each reads its own rows. Which these are in the last batch is known at its end.
        private readonly RowsOfBatch kept = new();
        private readonly double[] row = new double[file.Columns.Count];
        private readonly int[] used = columns.Used;
        private int batches;

        public Batch? Read(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Batch batch = pool.Take();
            long[] lines = new long[batchSize];
            batch.Origin = at => $"line {lines[at]}";
            try
            {
                batch.Count = replication is null ? Fill(batch, lines) : FillShare(batch, lines, replication);
            }
            catch
            {
                batch.Dispose();
                throw;
            }

            if (batch.Count > 0)
            {
                batches++;
                return batch;
            }

            batch.Dispose();
            if (batches == 0)
            {
                throw new FormatException("The file has a header, but no rows.");
            }

            atEnd(batches);
            return null;
        }

        public void Dispose() => file.Dispose();

        private long Fill(Batch batch, long[] lines)
        {
            for (int at = 0; at < batchSize; at++)
            {
                if (!file.TryRead(row, used))
                {
                    return at;
                }

                lines[at] = file.Line;
                Put(batch, at);
            }

            return batchSize;
        }

        private long FillShare(Batch batch, long[] lines, IReplication processes)
        {
            var share = BatchShare.Of(processes, batchSize);
            kept.Clear();
            for (long at = 0; at < batchSize; at++)
            {
                long place = at - share.First;
                bool isOwn = place >= 0 && place < share.Count;
                if (!(isOwn ? file.TryRead(row, used) : file.TrySkip()))
                {
                    break;
                }

                kept.Add(file.Record, file.Line);
                if (isOwn)
                {
                    lines[place] = file.Line;
                    Put(batch, (int)place);
                }
            }

            if (kept.Count == 0)
            {
                return 0;
            }

            if (kept.Count < batchSize)
            {
                share = BatchShare.Of(processes, kept.Count);
                for (int place = 0; place < share.Count; place++)
                {
                    ReadOnlySpan<byte> record = kept.Row((int)share.First + place, out lines[place]);
                    file.Return(record, lines[place], row, used);
                    Put(batch, place);
                }
            }

            batch.Share = share;
            return share.Count;
        }

        private void Put(Batch batch, int at)
        {
            (Tensor[] inputs, Tensor[] targets, Tensor?[] weights) = batch.Slots;
            for (int i = 0; i < inputs.Length; i++)
            {
                Put(inputs[i], at, columns.Inputs[i]);
            }

            for (int i = 0; i < targets.Length; i++)
            {
                Put(targets[i], at, columns.Targets[i]);
            }

            for (int i = 0; i < weights.Length; i++)
            {
                if (columns.Weights[i] is { } column)
                {
                    Put(weights[i]!, at, column);
                }
            }
        }

        private void Put(Tensor tensor, int at, int[] from)
        {
            bool whole = tensor.dtype == ScalarType.Int64;
            Span<float> numbers = whole ? [] : TensorMemory.SpanOf<float>(tensor).Slice(at * from.Length, from.Length);
            Span<long> labels = whole ? TensorMemory.SpanOf<long>(tensor).Slice(at * from.Length, from.Length) : [];
            for (int i = 0; i < from.Length; i++)
            {
                double number = row[from[i]];
                if ((mustBeFinite && !float.IsFinite((float)number)) || (whole && !double.IsFinite(number)))
                {
                    throw NotFinite(number, from[i]);
                }

                if (whole)
                {
                    labels[i] = (long)number;
                }
                else
                {
                    numbers[i] = (float)number;
                }
            }
        }

        private ArgumentException NotFinite(double number, int column) =>
            DataCheck.NotFinite($"{file.Path}, line {file.Line}, column '{Shortened.Of(file.Columns[column])}' "
            + $"is {DataCheck.Shown((float)number)}.", null);
    }
}
