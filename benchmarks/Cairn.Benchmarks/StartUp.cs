using System.Diagnostics;

namespace Cairn.Benchmarks;

/// <summary>From the start of a process to its first training step.</summary>
/// <remarks>
/// The process is the `cairn` command itself, told to train one epoch: its whole life, with 45 steps, the validation, the model's file and
/// the plot, is an upper bound of the time to the first step.
/// </remarks>
internal static class StartUp
{
    private const int Starts = 9;

    public static void Print()
    {
        string command = Path.Combine(AppContext.BaseDirectory.Replace("benchmarks/Cairn.Benchmarks", "src/Cairn.Cli", StringComparison.Ordinal), "Cairn.Cli");
        Console.WriteLine();
        if (!File.Exists(command))
        {
            Console.WriteLine($"Start-up was not measured: build the command first (dotnet build -c Release src/Cairn.Cli); looked for {command}.");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
        double[] times = [.. Enumerable.Range(0, Starts + 1).Select(_ => Seconds(command, folder)).Skip(1)];
        Directory.Delete(folder, recursive: true);
        Console.WriteLine("| Start-up, warm disk cache | Median | Min–max |");
        Console.WriteLine("| --- | ---: | ---: |");
        Console.WriteLine($"| `cairn train --epochs 1`, start to end | **{Comparison.Median(times):F2} s** | {times.Min():F2}–{times.Max():F2} s |");
    }

    private static double Seconds(string command, string folder)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(command, ["train", "--epochs", "1", "--verbose", "0", "--out", folder]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException($"{command} ended with the code {process.ExitCode}.");
    }
}
