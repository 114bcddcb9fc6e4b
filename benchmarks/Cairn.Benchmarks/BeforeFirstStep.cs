using System.Diagnostics;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;

namespace Cairn.Benchmarks;

/// <summary>
/// What <c>Fit</c> does before its first step: the time from its call to the first batch, on 60,000 images of 28 × 28 pixels. The methods
/// are compiled by then.
/// </summary>
internal static class BeforeFirstStep
{
    private const int Images = 60_000;
    private const int Side = 28;

    public static void Print(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("cairn-start-").FullName;
        try
        {
            (string x, string y) = (Path.Combine(folder, "x.npy"), Path.Combine(folder, "y.npy"));
            NpyFile.Write(x, new NpyArray(Saving.WeightType.UInt8, [Images, Side, Side], new byte[Images * Side * Side]));
            NpyFile.Write(y, NpyArray.FromInt64s([Images], new long[Images]));
            float[,,] floats = new float[Images, Side, Side];
            byte[,,] bytes = new byte[Images, Side, Side];
            int[] labels = new int[Images];
            Fill(floats);
            Fill(bytes);
            string backups = Path.Combine(folder, "backups");
            Console.WriteLine();
            Console.WriteLine($"| Before the first step: {Images:N0} images of {Side} × {Side} | Wall (median) | Min–max "
                + "| Processor time (median) |");
            Console.WriteLine("| --- | ---: | ---: | ---: |");
            Row("float[,,]", rounds, (model, stop) => model.Fit(floats, labels, verbose: 0, callbacks: [stop]));
            Row("float[,,], validationSplit 0.1", rounds,
                (model, stop) => model.Fit(floats, labels, verbose: 0, callbacks: [stop], validationSplit: 0.1));
            Row("float[,,], allowNaN", rounds, (model, stop) => model.Fit(floats, labels, verbose: 0, callbacks: [stop], allowNaN: true));
            Row("float[,,], BackupAndRestore", rounds,
                (model, stop) => model.Fit(floats, labels, verbose: 0, callbacks: [new BackupAndRestore(backups), stop]), backups);
            Row("byte[,,]", rounds, (model, stop) => model.Fit(bytes, labels, verbose: 0, callbacks: [stop]));
            Row("byte[,,], BackupAndRestore", rounds,
                (model, stop) => model.Fit(bytes, labels, verbose: 0, callbacks: [new BackupAndRestore(backups), stop]), backups);
            Row("NPY file of bytes", rounds, (model, stop) => model.Fit(Dataset.FromNpy(x, y), verbose: 0, callbacks: [stop]));
            Row("NPY file of bytes, BackupAndRestore", rounds, (model, stop) => model.Fit(
                Dataset.FromNpy(x, y), verbose: 0, callbacks: [new BackupAndRestore(backups), stop]), backups);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Row(string name, int rounds, Action<Sequential, FirstBatch> fit, string? backups = null)
    {
        var wall = new List<double>();
        var processor = new List<double>();
        for (int round = -1; round < rounds; round++)
        {
            if (Directory.Exists(backups))
            {
                Directory.Delete(backups, recursive: true);
            }

            using Sequential model =
                [new Input([Side, Side]), new Rescaling(1 / 255.0), new Flatten(), new Dense(64, activation: "relu"), new Dense(10)];
            model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
            var first = new FirstBatch();
            fit(model, first);
            if (round >= 0)
            {
                wall.Add(first.Wall);
                processor.Add(first.Processor);
            }
        }

        Console.WriteLine($"| {name} | {Comparison.Median(wall):F1} ms | {wall.Min():F1}–{wall.Max():F1} "
            + $"| {Comparison.Median(processor):F1} ms |");
    }

    // Every page is written, so that reading it costs what it does for data.
    private static void Fill(Array images)
    {
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(images), Buffer.ByteLength(images));
        for (int i = 0; i < bytes.Length; i += 64)
        {
            bytes[i] = 1;
        }
    }

    /// <summary>Measures until the first batch, and ends the training there.</summary>
    private sealed class FirstBatch : Callback
    {
        private readonly long start = Stopwatch.GetTimestamp();
        private readonly TimeSpan processorAtStart = Environment.CpuUsage.TotalTime;

        public double Wall { get; private set; }

        public double Processor { get; private set; }

        public override void OnTrainBatchBegin(int batch, Logs logs)
        {
            if (batch == 0)
            {
                Wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                Processor = (Environment.CpuUsage.TotalTime - processorAtStart).TotalMilliseconds;
                Model.StopTraining = true;
            }
        }
    }
}
