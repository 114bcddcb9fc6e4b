using System.Diagnostics;
using System.Text;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Native;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A dataset of 2 GB, streamed from NPY files and in memory: time per epoch, and memory besides that of the model.</summary>
internal static class Streaming
{
    private const int Pixels = 784;
    private const int Samples = 638_000; // × 784 pixels of 4 bytes = 2.0 GB
    private const int SamplesABlock = 6_380;

    public static void Print(int pairs)
    {
        string folder = Directory.CreateTempSubdirectory("cairn-streaming-").FullName;
        try
        {
            (string x, string y) = Write(folder);
            Console.WriteLine();
            Console.WriteLine("| 2 GB in NPY files, MLP 784-128-10, one epoch | Streamed | In memory | Ratio (median) | Ratios (min–max) | "
                + "CPU time, streamed | In memory | Memory besides the model, streamed | In memory |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach ((int batchSize, bool shuffle) in (ReadOnlySpan<(int, bool)>)[(32, false), (32, true), (512, false), (512, true)])
            {
                Row(x, y, batchSize, shuffle, pairs);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Row(string x, string y, int batchSize, bool shuffle, int pairs)
    {
        using Sequential model = [new Input([Pixels]), new Dense(128, activation: "relu"), new Dense(10)];
        model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        var streamed = Dataset.FromNpy(x, y, batchSize: batchSize);
        void Stream() => model.Fit(streamed, verbose: 0, shuffle: shuffle);

        model.Fit(streamed, stepsPerEpoch: 200, verbose: 0, shuffle: false);
        double model1 = Resident();
        double streaming = PeakDuring(Stream) - model1;

        using Tensor pixels = Load<float>(x, [Samples, Pixels], ScalarType.Float32);
        using Tensor labels = Load<long>(y, [Samples], ScalarType.Int64);
        void Hold() => model.Fit(pixels, labels, batchSize, verbose: 0, shuffle: shuffle);
        double held = PeakDuring(Hold) - model1;
        var streamedTime = new ProcessorTime();
        var heldTime = new ProcessorTime();
        Comparison times = AlternatingRunner.Run(() => streamedTime.Count(Stream), () => heldTime.Count(Hold), units: 1, pairs);
        Console.WriteLine(
            $"| batch {batchSize}{(shuffle ? ", shuffled" : "")} | {times.ToCells("s", 1e-3)} | {streamedTime.Median:F2} s "
                + $"| {heldTime.Median:F2} s | {streaming:F0} MB | {held:F0} MB |");
    }

    private static (string X, string Y) Write(string folder)
    {
        var random = new Random(1);
        float[] block = new float[SamplesABlock * Pixels];
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = random.NextSingle();
        }

        string x = Path.Combine(folder, "x.npy");
        using (FileStream file = File.Create(x))
        {
            string header = NpyHeader.Format("float32", [Samples, Pixels]);
            string padded = header.PadRight(118 - 1) + "\n";
            file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)padded.Length, 0, .. Encoding.ASCII.GetBytes(padded)]);
            for (int i = 0; i < Samples / SamplesABlock; i++)
            {
                file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(block));
            }

            file.Flush(flushToDisk: true);
        }

        string y = Path.Combine(folder, "y.npy");
        NpyFile.Write(y, NpyArray.FromInt64s([Samples], Enumerable.Range(0, Samples).Select(i => (long)(i % 10)).ToArray()));
        return (x, y);
    }

    private static Tensor Load<T>(string path, long[] shape, ScalarType type)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        Tensor tensor = empty(shape, type);
        using var rows = new NpyRows(Saving.WeightSource.Open(path), path);
        Span<T> all = TensorMemory.SpanOf<T>(tensor);
        int width = all.Length / Samples;
        for (int row = 0; row < Samples; row += SamplesABlock)
        {
            rows.Read(row, SamplesABlock, all.Slice(row * width, SamplesABlock * width));
        }

        return tensor;
    }

    // The peak of resident memory, sampled every 5 ms.
    private static double PeakDuring(Action work)
    {
        using var done = new ManualResetEventSlim();
        double peak = 0;
        var watch = new Thread(() =>
        {
            do
            {
                peak = Math.Max(peak, WorkingSet());
            }
            while (!done.Wait(5));
        });
        watch.Start();
        work();
        done.Set();
        watch.Join();
        return peak;
    }

    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return WorkingSet();
    }

    private static double WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
