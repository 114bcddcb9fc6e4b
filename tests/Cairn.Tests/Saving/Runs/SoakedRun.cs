using System.Diagnostics;
using System.Globalization;

namespace Cairn.Tests.Saving.Runs;

/// <summary>One process of the long training, with samples of its memory, open files and threads.</summary>
internal sealed class SoakedRun : IDisposable
{
    // Within minutes the runtime still compiles, and sizes its heaps.
    private const double AllowedMegabytes = 12, AllowedEarly = 40;
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);
    private readonly string began;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Process process;
    private readonly Task<string> error;
    private readonly List<(double Megabytes, int Files, int Threads)> samples = [];

    public SoakedRun(string folder)
    {
        process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), ["soak"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        })!;
        error = process.StandardError.ReadToEndAsync();
        began = Path.Combine(folder, $"began-{process.Id}");
    }

    public int Id => process.Id;

    /// <summary>The first and last level of each quantity.</summary>
    public string Told
    {
        get
        {
            (double megabytes, double files, double threads) = Level(0.4, 0.6);
            (double lastMegabytes, double lastFiles, double lastThreads) = Level(0.8, 1);
            return string.Create(CultureInfo.InvariantCulture, $"{samples.Count} samples of the last process, middle and end: "
                + $"{megabytes:F1} and {lastMegabytes:F1} MB resident, {files} and {lastFiles} files, {threads} and {lastThreads} threads");
        }
    }

    /// <summary>Waits until it trains.</summary>
    public async Task Begins()
    {
        for (var waited = Stopwatch.StartNew(); !File.Exists(began);)
        {
            Assert.False(process.HasExited, process.HasExited ? error.Result : "");
            Assert.True(waited.Elapsed < LongestStart, "The training does not begin.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public void Sample()
    {
        Assert.False(process.HasExited, process.HasExited ? error.Result : "");
        string[] status = File.ReadAllLines($"/proc/{Id}/status");
        samples.Add((Number("VmRSS:") / 1000.0, Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length, Number("Threads:")));

        int Number(string key) => int.Parse(
            status.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "").Trim(),
            CultureInfo.InvariantCulture);
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public async Task Ends()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await error}");
    }

    /// <summary>The level at the end is that in the middle, but for noise.</summary>
    public void AssertFlat()
    {
        (double megabytes, double files, double threads) = Level(0.4, 0.6);
        (double lastMegabytes, double lastFiles, double lastThreads) = Level(0.8, 1);
        Assert.True(lastMegabytes < megabytes + (clock.Elapsed < Early ? AllowedEarly : AllowedMegabytes), Told);
        Assert.True(lastFiles <= files + 3, Told);
        Assert.True(lastThreads <= threads + 3, Told);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    // Medians over a part of the samples.
    private (double Megabytes, double Files, double Threads) Level(double from, double to)
    {
        (double, int, int)[] part = [.. samples.Skip((int)(samples.Count * from)).Take((int)Math.Ceiling(samples.Count * (to - from)))];
        return (Median(part.Select(s => s.Item1)), Median(part.Select(s => (double)s.Item2)), Median(part.Select(s => (double)s.Item3)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
