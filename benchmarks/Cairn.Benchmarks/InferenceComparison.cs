using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Benchmarks.Rival;

namespace Cairn.Benchmarks;

/// <summary>
/// Predictions compared with ONNX Runtime: equal weights and samples, each side in a process with the default settings of its programs. The
/// processes take turns.
/// </summary>
internal static class InferenceComparison
{
    /// <summary>The first argument of this program that makes it Cairn's worker.</summary>
    public const string Worker = "inference-worker";

    private static readonly int[] BatchSizes = [1, 32, 512];

    /// <summary>Measures the networks.</summary>
    /// <param name="rounds">Rounds; in each, both processes predict all samples.</param>
    /// <param name="keys">Keys of the networks, or empty for all.</param>
    public static void Print(int rounds, IReadOnlyCollection<string> keys)
    {
        Console.WriteLine();
        Console.WriteLine("| Prediction | Cairn | ONNX Runtime | Ratio (median) | Ratios (min–max) | Processor time, Cairn | ONNX Runtime "
            + "| Ratio (median) | Ratios (min–max) | Greatest difference |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        string folder = Directory.CreateTempSubdirectory("cairn-inference-").FullName;
        try
        {
            foreach (InferenceWorkload workload in InferenceWorkload.All.Where(w => keys.Count == 0 || keys.Contains(w.Key)))
            {
                using (Sequential model = workload.Model())
                {
                    workload.SaveOnnx(model, Path.Combine(folder, "model.onnx"));
                }

                foreach (int batchSize in BatchSizes)
                {
                    Compare(workload, batchSize, rounds, folder);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The body of Cairn's worker.</summary>
    /// <param name="args">The arguments.</param>
    public static void Serve(string[] args)
    {
        InferenceWorkload workload = InferenceWorkload.Named(args[1])!;
        int batchSize = int.Parse(args[4], CultureInfo.InvariantCulture);
        float[] samples = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(args[2])).ToArray();
        int size = (int)workload.Sample.Aggregate(1L, (a, b) => a * b), count = samples.Length / size;
        Sequential model = workload.Model();
        var all = NDArray.From(samples, [count, .. workload.Sample]);
        float[][] rows = [.. Enumerable.Range(0, batchSize == 1 ? count : 0).Select(i => samples.AsSpan(i * size, size).ToArray())];
        NDArray[] results = [];
        MeasuredProcess.Serve(batchSize == 1 ? EachRow : Batches, "");
        File.WriteAllBytes(args[3], MemoryMarshal.AsBytes(results.SelectMany(result => result.ToArray()).ToArray().AsSpan()).ToArray());

        void EachRow()
        {
            results = new NDArray[count];
            for (int i = 0; i < count; i++)
            {
                results[i] = model.PredictOnBatch(NDArray.From(rows[i], [1, .. workload.Sample]));
            }
        }

        void Batches() => results = [model.Predict(all, batchSize, verbose: 0)];
    }

    private static void Compare(InferenceWorkload workload, int batchSize, int rounds, string folder)
    {
        int count = (batchSize == 1 ? 2_000 : 20_480) / (workload.IsConvolutional ? 10 : 1);
        (string data, string onnx) = (Path.Combine(folder, "data"), Path.Combine(folder, "model.onnx"));
        string[] results = [Path.Combine(folder, "ours"), Path.Combine(folder, "theirs")];
        File.WriteAllBytes(data, MemoryMarshal.AsBytes(workload.Samples(count).AsSpan()).ToArray());
        string batch = batchSize.ToString(CultureInfo.InvariantCulture);
        List<Measurement> ours = [], theirs = [];
        using (var cairn = WorkerProcess.Of("Cairn.Benchmarks.dll", Worker, workload.Key, data, results[0], batch))
        using (var rival = WorkerProcess.Of("Cairn.Benchmarks.Onnx.dll", onnx, data, results[1], batch))
        {
            for (int round = 0; round < rounds; round++)
            {
                // The order alternates.
                if (round % 2 == 0)
                {
                    ours.Add(cairn.Measure() / count);
                }

                theirs.Add(rival.Measure() / count);
                if (round % 2 == 1)
                {
                    ours.Add(cairn.Measure() / count);
                }
            }
        }

        float[][] outputs = [.. results.Select(file => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray())];
        float difference = outputs[0].Zip(outputs[1], (a, b) => Math.Abs(a - b)).Max();
        var wall = new Comparison([.. ours.Select(m => m.Wall)], [.. theirs.Select(m => m.Wall)]);
        var processor = new Comparison([.. ours.Select(m => m.Processor)], [.. theirs.Select(m => m.Processor)]);
        string what = batchSize == 1 ? "single rows" : $"batches of {batchSize}";
        Console.WriteLine($"| {workload.Name}, {what}, per sample | {wall.ToCells("µs", 1000)} | {processor.ToCells("µs", 1000)} "
            + $"| {difference:E1} |");
    }
}
