using System.Diagnostics;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;

namespace Cairn.Benchmarks;

/// <summary>
/// The peak of resident memory while a model is trained on images of bytes, besides what there was before they were made.
/// </summary>
internal static class ByteImages
{
    private const int Images = 60_000;
    private const int Side = 28;
    private const int Steps = 100;

    public static void Print()
    {
        string folder = Directory.CreateTempSubdirectory("cairn-bytes-").FullName;
        try
        {
            using Sequential model =
                [new Input([Side, Side]), new Rescaling(1 / 255.0), new Flatten(), new Dense(64, activation: "relu"), new Dense(10)];
            model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
            int[] labels = new int[Images];
            model.Fit(new float[320, Side, Side], labels[..320], verbose: 0);
            Console.WriteLine();
            Console.WriteLine($"| {Images:N0} images of {Side} × {Side}, batch 32 | The data | Peak in Fit, the data included |");
            Console.WriteLine("| --- | ---: | ---: |");
            Row("byte[,,]", 1, () =>
            {
                byte[,,] images = new byte[Images, Side, Side];
                Fill(images);
                model.Fit(images, labels, verbose: 0, stepsPerEpoch: Steps);
            });
            string x = Path.Combine(folder, "x.npy"), y = Path.Combine(folder, "y.npy");
            Write(x, y);
            Row("NPY file of bytes, streamed", 1, () => model.Fit(Dataset.FromNpy(x, y), verbose: 0, stepsPerEpoch: Steps));
            Row("float[,,]", sizeof(float), () =>
            {
                float[,,] images = new float[Images, Side, Side];
                Fill(images);
                model.Fit(images, labels, verbose: 0, stepsPerEpoch: Steps);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Row(string name, int bytes, Action train)
    {
        train();
        double before = Resident();
        double peak = before;
        using var done = new ManualResetEventSlim();
        var watch = new Thread(() =>
        {
            do
            {
                peak = Math.Max(peak, WorkingSet());
            }
            while (!done.Wait(2));
        });
        watch.Start();
        train();
        done.Set();
        watch.Join();
        Console.WriteLine($"| {name} | {(double)Images * Side * Side * bytes / 1e6:F0} MB | {peak - before:F0} MB |");
    }

    // Every page is written, so that it counts as resident.
    private static void Fill(Array images)
    {
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(images), Buffer.ByteLength(images));
        for (int i = 0; i < bytes.Length; i += 64)
        {
            bytes[i] = 1;
        }
    }

    private static void Write(string x, string y)
    {
        NpyFile.Write(x, new NpyArray(Saving.WeightType.UInt8, [Images, Side, Side], new byte[Images * Side * Side]));
        NpyFile.Write(y, NpyArray.FromInt64s([Images], new long[Images]));
    }

    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return WorkingSet();
    }

    private static double WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
