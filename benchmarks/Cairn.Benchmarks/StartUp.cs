using System.Diagnostics;
using System.Globalization;

namespace Cairn.Benchmarks;

/// <summary>The time from the start of a process to the end of its first training step, and to its exit.</summary>
/// <remarks>
/// The process is the `cairn` command, training one epoch of 45 steps. The end of its first step is reported by Cairn's telemetry to a
/// listener that .NET starts in it (<see cref="StartupHook"/>). The process exits after the validation, the model file and the plot.
/// </remarks>
internal static class StartUp
{
    private const int Starts = 9;

    public static void Print()
    {
        string command = Path.Combine(
            AppContext.BaseDirectory.Replace("benchmarks/Cairn.Benchmarks", "src/Cairn.Cli", StringComparison.Ordinal), "Cairn.Cli");
        Console.WriteLine();
        if (!File.Exists(command))
        {
            Console.WriteLine($"Start-up was not measured: build the command first (dotnet build -c Release src/Cairn.Cli); looked "
                + $"for {command}.");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
        (double FirstStep, double End)[] times = [.. Enumerable.Range(0, Starts + 1).Select(_ => Seconds(command, folder)).Skip(1)];
        Directory.Delete(folder, recursive: true);
        Console.WriteLine("| Start-up of `cairn train --epochs 1`, warm disk cache | Median | Min–max |");
        Console.WriteLine("| --- | ---: | ---: |");
        Row("from process start to the end of the first training step", times.Select(t => t.FirstStep));
        Row("from process start to exit", times.Select(t => t.End));
    }

    private static void Row(string what, IEnumerable<double> seconds)
    {
        double[] times = [.. seconds];
        Console.WriteLine($"| {what} | **{Comparison.Median(times):F2} s** | {times.Min():F2}–{times.Max():F2} s |");
    }

    private static (double FirstStep, double End) Seconds(string command, string folder)
    {
        string timeFile = Path.Combine(folder, "first-step");
        var settings = new ProcessStartInfo(command, ["train", "--epochs", "1", "--verbose", "0", "--out", Path.Combine(folder, "run")])
        { RedirectStandardOutput = true };
        settings.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartUp).Assembly.Location;
        settings.Environment[StartupHook.TimeFile] = timeFile;
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(settings)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double end = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} exited with code {process.ExitCode}.");
        }

        return (Stopwatch.GetElapsedTime(start, long.Parse(File.ReadAllText(timeFile), CultureInfo.InvariantCulture)).TotalSeconds, end);
    }
}
