using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Callbacks;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using Cairn.EventFiles;
using Cairn.Saving.Runs;

namespace Cairn.Benchmarks;

/// <summary>
/// The time in which <c>cairn serve</c> opens a folder of 500 runs of 1,000 epochs with five values, by the kind of the files.
/// </summary>
internal static class FolderOpening
{
    /// <summary>The first argument of this program that makes it a process that opens a folder.</summary>
    public const string Worker = "open";

    private const int Runs = 500;
    private const int Epochs = 1_000;
    private const int Rounds = 5;
    private static readonly string[] Names = ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"];

    public static void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"| {Runs} runs of {Epochs:N0} epochs (medians of {Rounds}) | New process, from its start | Processor time "
            + "| Again |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        string csv = Csv();
        PrintKind("CSV", (folder, run) => File.WriteAllText(Path.Combine(folder, $"run{run}.csv"), csv));
        byte[] json = Json();
        PrintKind("JSON", (folder, run) => File.WriteAllBytes(Path.Combine(folder, $"run{run}.json"), json));
        PrintKind("event files as Keras writes them", (folder, run) => WriteEvents(Path.Combine(folder, $"run{run}")));
        byte[] backup = Backup();
        PrintKind("backups", (folder, run) => File.WriteAllBytes(
            Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"run{run}")).FullName, "run-1.backup"), backup));
    }

    /// <summary>The body of the process: opens a folder twice, and prints the seconds and the processor time.</summary>
    public static void Open(string folder)
    {
        double read = SecondsToOpen(folder);
        double first = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
        double processor = Environment.CpuUsage.TotalTime.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {processor} {SecondsToOpen(folder)} {read}"));
    }

    private static void PrintKind(string kind, Action<string, int> write)
    {
        string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
        for (int run = 0; run < Runs; run++)
        {
            write(folder, run);
        }

        double[][] measured = [.. Enumerable.Range(0, Rounds).Select(_ => OpenInNewProcess(folder))];
        double Median(int index) => Comparison.Median([.. measured.Select(round => round[index])]);
        Console.WriteLine($"| {kind} | {Median(0):F2} s | {Median(1):F2} s | {Median(2):F2} s |");
        Directory.Delete(folder, recursive: true);
    }

    private static double[] OpenInNewProcess(string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [typeof(FolderOpening).Assembly.Location, Worker, folder])
        {
            RedirectStandardOutput = true,
        })!;
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"Opening the folder failed: {answer}");
    }

    private static double SecondsToOpen(string folder)
    {
        var watch = Stopwatch.StartNew();
        var catalog = new RunCatalog();
        using (RunFolder.Open(folder, catalog))
        {
            double seconds = watch.Elapsed.TotalSeconds;
            return catalog.All.Count(run => run.Summary is { EpochCount: Epochs, Problem: null }) == Runs
                ? seconds
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
        Recorded().Save(path);
        byte[] json = File.ReadAllBytes(path);
        File.Delete(path);
        return json;
    }

    private static byte[] Backup()
    {
        using var stream = new MemoryStream();
        RunFile.Write(stream, new RunSnapshot
        {
            Identity = """{"epochs": 1000, "batch_size": 32}""",
            Parts = new OrderedDictionary<string, SavedState?> { ["history"] = Recorded().SaveState() },
            Variables = [],
        });
        return stream.ToArray();
    }

    private static History Recorded() => History.Of(
        Enumerable.Range(0, Epochs),
        Names.Select((name, index) => KeyValuePair.Create(name,
            (IReadOnlyList<double?>)[.. Enumerable.Range(0, Epochs).Select(epoch => (double?)Values(epoch)[index])])),
        []);

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
