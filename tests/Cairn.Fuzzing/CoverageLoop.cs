using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Cairn.Fuzzing;

/// <summary>
/// Fuzzes a reader by coverage within this process: files that reach new branches are kept and changed further. This reads thousands of
/// files per second, where afl-fuzz writes a file and wakes up two processes for each.
/// </summary>
internal sealed class CoverageLoop
{
    private const int MostFindings = 100;
    private const int FramesOfAFinding = 4;
    private const int RunsPerFile = 200;
    private const long MostAllocated = 256L << 20;
    private const int SecondsUntilStuck = 300;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(10);

    private readonly CoverageMap map = new();
    private readonly Targets target;
    private readonly string folder;
    private readonly List<byte[]> kept = [];
    private readonly HashSet<string> findings = new(StringComparer.Ordinal);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private long runs;
    private double secondsBefore;
    private int crashes;
    private int hangs;
    private byte[] current = [];
    private long runSeen;
    private int secondsInRun;

    /// <summary>Creates the loop.</summary>
    /// <param name="target">The readers.</param>
    /// <param name="folder">Receives the files that reached new branches and those that failed; a loop continues there.</param>
    public CoverageLoop(Targets target, string folder)
    {
        (this.target, this.folder) = (target, folder);
        foreach (string part in (string[])["queue", "crashes", "hangs"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        ReadStatistics();
    }

    private string Statistics => Path.Combine(folder, "statistics");

    /// <summary>Reads files until their number, with those of earlier calls, reaches a limit.</summary>
    /// <param name="seeds">A folder with valid files.</param>
    /// <param name="most">The number of files.</param>
    /// <returns>Whether nothing has failed.</returns>
    public bool Run(string seeds, long most)
    {
        using var timer = new Timer(_ => EndIfStuck(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        string[] starting =
            [.. Directory.EnumerateFiles(seeds).Order(), .. Directory.EnumerateFiles(Path.Combine(folder, "queue")).Order()];
        foreach (byte[] file in starting.Select(File.ReadAllBytes))
        {
            Read(file);
            kept.Add(file);
        }

        var random = new Random((int)(runs % int.MaxValue));
        var mutator = new Mutator(random, Mutator.WordsOf(kept));
        TimeSpan reported = watch.Elapsed;
        while (runs < most)
        {
            // New files reach what was not reached before: half of the time goes to the newest.
            int newest = Math.Max(1, kept.Count / 8);
            byte[] file = kept[random.Next(2) == 0 ? random.Next(kept.Count) : kept.Count - 1 - random.Next(newest)];
            for (int i = 0; i < RunsPerFile && runs < most; i++)
            {
                byte[] changed = mutator.Change(file, kept[random.Next(kept.Count)]).ToArray();
                if (Read(changed))
                {
                    kept.Add(changed);
                    File.WriteAllBytes(Path.Combine(folder, "queue", $"{runs:D9}-{Name(changed)}"), changed);
                }
            }

            if (watch.Elapsed - reported > BetweenReports)
            {
                reported = watch.Elapsed;
                WriteStatistics();
            }
        }

        WriteStatistics();
        return crashes + hangs == 0;
    }

    /// <summary>What was read so far.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{runs:N0} files in {secondsBefore + watch.Elapsed.TotalSeconds:F0} s, {map.Branches} branches, {kept.Count} files kept, "
        + $"{crashes} crashes, {hangs} hangs");

    private bool Read(byte[] file)
    {
        Interlocked.Increment(ref runs);
        current = file;
        map.Clear();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(file);
        }
        catch (Exception exception)
        {
            Report("crashes", file, exception.GetType().Name, exception.ToString(),
                string.Join('\n', (exception.StackTrace ?? "").Split('\n').Take(FramesOfAFinding)));
        }

        bool added = map.AddsSomething();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MostAllocated)
        {
            Report("crashes", file, "Memory", $"{allocated:N0} bytes allocated", "");
        }

        // Once more, because other programs may have taken the processor.
        if (Stopwatch.GetElapsedTime(start) > Slow && TakesLong(file))
        {
            Report("hangs", file, "Slow", "", "");
        }

        return added;
    }

    private bool TakesLong(byte[] file)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        try
        {
            target.Read(file);
        }
        catch (Exception)
        {
            // Already reported.
        }

        return Environment.CpuUsage.TotalTime - before > Slow;
    }

    // By ticks, which a process that is stopped for a while doesn't get.
    private void EndIfStuck()
    {
        long run = Interlocked.Read(ref runs);
        (secondsInRun, runSeen) = (run == runSeen ? secondsInRun + 1 : 0, run);
        if (secondsInRun > SecondsUntilStuck)
        {
            Report("hangs", current, "Stuck", "", "");
            WriteStatistics();
            Environment.Exit(1);
        }
    }

    private void Report(string part, byte[] file, string kind, string text, string place)
    {
        if (findings.Count < MostFindings && findings.Add($"{part} {kind} {place}"))
        {
            _ = part == "crashes" ? crashes++ : hangs++;
            string path = Path.Combine(folder, part, $"{kind}-{Name(file)}");
            File.WriteAllBytes(path, file);
            File.WriteAllText(path + ".txt", text);
            Console.WriteLine($"{path}\n{text}");
        }
    }

    private static string Name(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file))[..16];

    private void ReadStatistics()
    {
        if (File.Exists(Statistics))
        {
            string[] before = File.ReadAllLines(Statistics);
            runs = long.Parse(before[0], CultureInfo.InvariantCulture);
            secondsBefore = double.Parse(before[1], CultureInfo.InvariantCulture);
            (crashes, hangs) = (int.Parse(before[2], CultureInfo.InvariantCulture), int.Parse(before[3], CultureInfo.InvariantCulture));
        }
    }

    private void WriteStatistics() => File.WriteAllLines(Statistics,
    [
        .. ((double[])[runs, secondsBefore + watch.Elapsed.TotalSeconds, crashes, hangs]).Select(number =>
            number.ToString(CultureInfo.InvariantCulture)), ToString(),
    ]);
}
