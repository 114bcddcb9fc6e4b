using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using Cairn.EventFiles;

namespace Cairn.Benchmarks;

/// <summary>The time in which <c>cairn serve</c> opens a folder of 500 runs of 1,000 epochs with five values, by the kind of the files.</summary>
internal static class FolderOpening
{
    private const int Runs = 500;
    private const int Epochs = 1_000;
    private const int Rounds = 5;
    private static readonly string[] Names = ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"];

    public static void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"| {Runs} runs of {Epochs:N0} epochs | First time | Median of {Rounds} more | Processor time |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        string csv = Csv();
        PrintKind("CSV", (folder, run) => File.WriteAllText(Path.Combine(folder, $"run{run}.csv"), csv));
        byte[] json = Json();
        PrintKind("JSON", (folder, run) => File.WriteAllBytes(Path.Combine(folder, $"run{run}.json"), json));
        PrintKind("event files as Keras writes them", (folder, run) => WriteEvents(Path.Combine(folder, $"run{run}")));
    }

    private static void PrintKind(string kind, Action<string, int> write)
    {
        string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
        for (int run = 0; run < Runs; run++)
        {
            write(folder, run);
        }

        (double first, double processor) = Open(folder);
        double[] more = [.. Enumerable.Range(0, Rounds).Select(_ => Open(folder).Seconds)];
        Console.WriteLine($"| {kind} | {first:F2} s | {Comparison.Median(more):F2} s | {processor:F2} s |");
        Directory.Delete(folder, recursive: true);
    }

    private static (double Seconds, double Processor) Open(string folder)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var catalog = new RunCatalog();
        using (RunFolder.Open(folder, catalog))
        {
            double seconds = watch.Elapsed.TotalSeconds;
            return catalog.All.Count(run => run.Summary is { EpochCount: Epochs, Problem: null }) == Runs
                ? (seconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds)
                : throw new InvalidOperationException($"Not all of the {Runs} runs were read.");
        }
    }

    private static string Csv()
    {
        var text = new StringBuilder($"epoch,{string.Join(',', Names)}\r\n");
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch},{string.Join(',', Values(epoch).Select(value => $"{value:R}"))}\r\n");
        }

        return text.ToString();
    }

    private static byte[] Json()
    {
        string path = Path.Combine(Path.GetTempPath(), $"cairn-benchmark-{Environment.ProcessId}.json");
        History.Of(
            Enumerable.Range(0, Epochs),
            Names.Select((name, index) => KeyValuePair.Create(name,
                (IReadOnlyList<double?>)[.. Enumerable.Range(0, Epochs).Select(epoch => (double?)Values(epoch)[index])])),
            []).Save(path);
        byte[] json = File.ReadAllBytes(path);
        File.Delete(path);
        return json;
    }

    // Training and validation in two folders, a record for each value.
    private static void WriteEvents(string folder)
    {
        foreach (bool isValidation in (bool[])[false, true])
        {
            string part = Directory.CreateDirectory(Path.Combine(folder, isValidation ? "validation" : "train")).FullName;
            using var file = EventFile.Create(Path.Combine(part, "events.out.tfevents.1.host.1.0.v2"), TimeProvider.System);
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                double[] values = Values(epoch);
                for (int i = 0; i < Names.Length; i++)
                {
                    if (Names[i].StartsWith("val_", StringComparison.Ordinal) == isValidation)
                    {
                        file.Write(epoch, SummaryValue.Scalar($"epoch_{(isValidation ? Names[i][4..] : Names[i])}", values[i]));
                    }
                }
            }
        }
    }

    private static double[] Values(int epoch)
    {
        var random = new Random(epoch);
        return [random.NextDouble(), 0.0010000000474974513, random.NextDouble(), random.NextDouble(), random.NextDouble()];
    }
}
