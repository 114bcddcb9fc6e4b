using System.Globalization;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// A training with every callback, which is stopped and continued, killed and started again, on a disk that is slow or full at times.
/// Its resident memory, open files and threads must not grow. <c>CAIRN_SOAK_MINUTES</c> sets how long it runs.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const double MinutesByDefault = 0.5;
    private const double LongestShortLife = 20;

    [Fact]
    public async Task A_long_training_with_every_callback_keeps_its_memory_files_and_threads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc and stops processes by signals");
        double minutes = double.Parse(Environment.GetEnvironmentVariable("CAIRN_SOAK_MINUTES") ?? $"{MinutesByDefault}",
            CultureInfo.InvariantCulture);
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        DateTime half = DateTime.UtcNow + TimeSpan.FromMinutes(minutes / 2), end = half + TimeSpan.FromMinutes(minutes / 2);
        int kills = 0;
        var disturbed = new SoakDisturbance(folder.Folder, random);
        for (; DateTime.UtcNow < half; kills++)
        {
            using var run = new SoakedRun(folder.Folder);
            double seconds = 3 + (random.NextDouble() * LongestShortLife);
            await disturbed.During(run, Earlier(DateTime.UtcNow + TimeSpan.FromSeconds(seconds), half));
            run.Kill();
        }

        using var last = new SoakedRun(folder.Folder);
        await disturbed.During(last, end);
        File.WriteAllText(folder["stop"], "");
        await last.Ends();

        string steps = File.ReadAllText(folder["steps.txt"]);
        output.WriteLine($"seed {seed}: {steps} updates of two batches, {kills} kills, {disturbed.Told}; {last.Told}");
        last.AssertFlat();
        AssertWhole(folder);
    }

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    // Every epoch has one row; the newest files can be read; nothing half-written is left.
    private static void AssertWhole(TemporaryFolder folder)
    {
        if (File.Exists(folder["log.csv"]))
        {
            string[] epochs = [.. File.ReadLines(folder["log.csv"]).Skip(1).Select(row => row.Split(',')[0])];
            Assert.Equal(Enumerable.Range(0, epochs.Length).Select(epoch => epoch.ToString(CultureInfo.InvariantCulture)), epochs);
        }

        if (File.Exists(folder["best.keras"]))
        {
            Model.Load(folder["best.keras"]).Dispose();
        }

        foreach (string weights in Directory.EnumerateFiles(folder["batches"], "*.h5"))
        {
            Model.Load(folder["best.keras"]).LoadWeights(weights);
        }

        Assert.NotEmpty(Directory.EnumerateFiles(folder["backup"], "run-*.backup"));
    }
}
