using Cairn.Native;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Rows of numbers in a text file: some columns are the input, one the target, one the weight.</summary>
internal sealed class CsvDataset(string path, string? target, IReadOnlyList<string>? features, string? sampleWeight, int batchSize, int prefetch) : Dataset
{
    internal override BatchSource Open(BatchLayout layout)
    {
        using var file = new CsvNumbers(path);
        int[] inputs = features is null
            ? [.. Enumerable.Range(0, file.Columns.Count).Where(c => file.Columns[c] != target && file.Columns[c] != sampleWeight)]
            : [.. features.Select(name => Column(file, name, nameof(features)))];
        int[] targets = target is null ? [] : [Column(file, target, nameof(target))];
        int[] weights = sampleWeight is null ? [] : [Column(file, sampleWeight, nameof(sampleWeight))];
        if (inputs.Length == 0) throw new ArgumentException($"'{path}' has no column besides '{target}', the one to predict.", nameof(features));
        return new Source(path, inputs, targets, weights, batchSize, layout, prefetch);
    }

    private int Column(CsvNumbers file, string name, string argument) => file.Columns.ToList().IndexOf(name) is >= 0 and var at
        ? at
        : throw new ArgumentException($"'{path}' has no column '{name}'. {NearestName.Hint(name, file.Columns)}", argument);

    private sealed class Source(string path, int[] inputs, int[] targets, int[] weights, int batchSize, BatchLayout layout, int prefetch) : StreamSource(layout, prefetch)
    {
        private readonly BatchPool pool = new(batchSize, [[Shape.None, inputs.Length]], [.. targets.Select(_ => Shape.Create([Shape.None]))], weights.Length > 0, layout);
        private int? batchCount;

        // How many rows there are shows when all have been read.
        public override int? BatchCount => batchCount;

        public override int? BatchSize => batchSize;

        public override IReadOnlyList<Shape> InputShapes => [[Shape.None, inputs.Length]];

        public override IReadOnlyList<Shape> TargetShapes => [.. targets.Select(_ => Shape.Create([Shape.None]))];

        public override void Dispose()
        {
            base.Dispose();
            pool.Dispose();
        }

        protected override IBatchReader Open(RandomStream? order) =>
            new Reader(new CsvNumbers(path), inputs, targets, weights, pool, batches => batchCount = batches);
    }

    private sealed class Reader(CsvNumbers file, int[] inputs, int[] targets, int[] weights, BatchPool pool, Action<int> atEnd) : IBatchReader
    {
        private readonly double[] row = new double[file.Columns.Count];
        private int batches;

        public Batch? Read(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Batch batch = pool.Take();
            try
            {
                batch.Count = Fill(batch, batch.X.shape[0]);
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
            if (batches == 0) throw new FormatException("The file names columns, but holds no rows.");
            atEnd(batches);
            return null;
        }

        public void Dispose() => file.Dispose();

        private long Fill(Batch batch, long most)
        {
            for (int at = 0; at < most; at++)
            {
                if (!file.TryRead(row)) return at;
                Put(batch.X, at, inputs);
                if (targets.Length > 0) Put(batch.Y!, at, targets);
                if (weights.Length > 0) Put(batch.Weight!, at, weights);
            }

            return most;
        }

        private void Put(Tensor tensor, int at, int[] columns)
        {
            bool whole = tensor.dtype == ScalarType.Int64;
            Span<float> numbers = whole ? [] : TensorMemory.SpanOf<float>(tensor).Slice(at * columns.Length, columns.Length);
            Span<long> labels = whole ? TensorMemory.SpanOf<long>(tensor).Slice(at * columns.Length, columns.Length) : [];
            for (int i = 0; i < columns.Length; i++)
            {
                if (whole) labels[i] = (long)row[columns[i]];
                else numbers[i] = (float)row[columns[i]];
            }
        }
    }
}
