using System.Diagnostics;
using Cairn.Layers;
using Cairn.Native;
using TorchSharp;

namespace Cairn.Benchmarks;

/// <summary>Saves and loads a model of 1 GB, and compares with writing and reading the same bytes raw, alternately in one run.</summary>
internal static class SavingSpeed
{
    private const int Units = 4096;
    private const int LayerCount = 16;
    private const int DefaultRounds = 5;
    private const double Goal = 0.8;
    private const int RawPiece = 4 * 1024 * 1024;
    private const string Raw = "raw";
    private const string RawInPlace = "raw, in place";

    public static void Print(int? rounds = null)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Make();
        long bytes = model.CountParams() * sizeof(float);
        Console.WriteLine($"\n## Files\n\nA model of {bytes / 1e9:F2} GB ({LayerCount} dense layers), medians of {rounds ?? DefaultRounds} "
            + "rounds that alternate all files; raw is one file,");
        Console.WriteLine("written from the same tensors and flushed to the disk, and read into new memory (as whole models are) or in "
            + "place (as weights are).\n");
        string[] files = ["m.keras", "m.h5", "m.weights.h5", "m.safetensors", "m.dat", Raw, RawInPlace];
        Dictionary<string, List<double>> save = files.ToDictionary(f => f, _ => new List<double>());
        Dictionary<string, List<double>> load = files.ToDictionary(f => f, _ => new List<double>());
        Dictionary<string, (double Save, double Load)> peaks = [];
        for (int round = 0; round <= (rounds ?? DefaultRounds); round++)
        {
            foreach (string file in files)
            {
                string path = folder[file];
                (double saving, double savePeak) = Measure(() => Save(model, path));
                (double loading, double loadPeak) = Measure(() => Load(model, path, bytes));
                File.Delete(path);
                peaks[file] = (savePeak / bytes, loadPeak / bytes);

                // The first round is the warm-up.
                if (round == 0)
                {
                    continue;
                }

                save[file].Add(bytes / saving);
                load[file].Add(bytes / loading);
            }
        }

        Console.WriteLine("| file | saved, GB/s | ratio to raw | extra memory / model size | loaded, GB/s | ratio to raw | extra memory / "
            + "model size |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (string file in files)
        {
            Console.WriteLine(
                $"| {file} | {Comparison.Median(save[file]) / 1e9:F2} | {Ratio(save[file], save[Raw])} | {peaks[file].Save:F2} "
                    + $"| {Comparison.Median(load[file]) / 1e9:F2} "
                + $"| {Ratio(load[file], load[IsWhole(file) || file == Raw ? Raw : RawInPlace])} | {peaks[file].Load:F2} |");
        }

        Console.WriteLine($"\nThe target is a ratio of {Goal} to raw.");
    }

    private static Sequential Make()
    {
        var model = new Sequential(
            [new Input([Units]), .. Enumerable.Range(0, LayerCount)
                .Select(_ => new Dense(Units, useBias: false, kernelInitializer: "random_uniform"))], seed: 1);
        model.Build([Shape.None, Units]);
        return model;
    }

    private static void Save(Model model, string path)
    {
        if (path.EndsWith(Raw, StringComparison.Ordinal) || path.EndsWith(RawInPlace, StringComparison.Ordinal))
        {
            WriteRaw(model, path);
        }
        else if (IsWhole(path))
        {
            model.Save(path);
        }
        else
        {
            model.SaveWeights(path);
        }
    }

    private static void Load(Model model, string path, long bytes)
    {
        if (path.EndsWith(Raw, StringComparison.Ordinal))
        {
            ReadRaw(path, bytes);
        }
        else if (path.EndsWith(RawInPlace, StringComparison.Ordinal))
        {
            ReadInPlace(model, path);
        }
        else if (IsWhole(path))
        {
            Model.Load(path).Dispose();
        }
        else
        {
            model.LoadWeights(path);
        }
    }

    private static void WriteRaw(Model model, string path)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (Variable weight in model.Weights)
        {
            Span<byte> memory = System.Runtime.InteropServices.MemoryMarshal.AsBytes(TensorMemory.SpanOf<float>(weight.Value));
            for (int done = 0; done < memory.Length; done += RawPiece)
            {
                stream.Write(memory.Slice(done, Math.Min(RawPiece, memory.Length - done)));
            }
        }

        stream.Flush(flushToDisk: true);
    }

    private static void ReadRaw(string path, long bytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using torch.Tensor target = torch.empty([bytes / sizeof(float)]);
        Span<byte> memory = System.Runtime.InteropServices.MemoryMarshal.AsBytes(TensorMemory.SpanOf<float>(target));
        for (int done = 0; done < memory.Length; done += RawPiece)
        {
            stream.ReadExactly(memory.Slice(done, Math.Min(RawPiece, memory.Length - done)));
        }
    }

    private static void ReadInPlace(Model model, string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        foreach (Variable weight in model.Weights)
        {
            stream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(TensorMemory.SpanOf<float>(weight.Value)));
        }
    }

    private static bool IsWhole(string path) =>
        path.EndsWith(".keras", StringComparison.Ordinal) || path.EndsWith("m.h5", StringComparison.Ordinal);

    private static (double Seconds, double PeakBytes) Measure(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ResetPeak();
        double before = Resident("VmRSS:");
        var clock = Stopwatch.StartNew();
        action();
        return (clock.Elapsed.TotalSeconds, Math.Max(0, Resident("VmHWM:") - before));
    }

    // On Linux, writing 5 here resets the peak; on other systems the column is meaningless.
    private static void ResetPeak()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    private static double Resident(string line) => !OperatingSystem.IsLinux()
        ? 0
        : File.ReadLines("/proc/self/status").First(l => l.StartsWith(line, StringComparison.Ordinal))
        .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
            ? double.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) * 1024
            : 0;

    private static string Ratio(List<double> values, List<double> raw) =>
        $"{Comparison.Median(values.Zip(raw, (value, of) => value / of)):F2}";

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;

        public string this[string name] => Path.Combine(folder, name);

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
