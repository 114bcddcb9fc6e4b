using System.Diagnostics;
using System.Globalization;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// A real process trains with dropout, shuffling, Adam, the three callbacks, a log and a backup every few batches. It is killed without warning,
/// started again, killed again, until it is done; then all it gave is that of a process nobody killed.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int KillsByDefault = 25;
    private const string Kills = "CAIRN_CRASH_KILLS";

    [Fact]
    public async Task Killed_at_random_instants_a_run_ends_byte_for_byte_like_one_that_was_not()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(Kills) ?? $"{KillsByDefault}", CultureInfo.InvariantCulture);
        using var reference = new TemporaryFolder();
        (bool ended, TimeSpan training) = await Run(reference.Folder);
        Assert.True(ended, "the run that nobody kills must end by itself");
        Dictionary<string, byte[]> expected = ContentOf(reference.Folder);

        int seed = Environment.TickCount;
        var random = new Random(seed);
        int runs = 0;
        var halfWritten = new HashSet<string>();
        for (int killed = 0; killed < kills;)
        {
            using var folder = new TemporaryFolder();
            runs++;
            bool done = false;
            while (!done)
            {
                TimeSpan? life = killed < kills ? random.NextDouble() * training / 2 : null;
                (done, _) = await Run(folder.Folder, life, runs % 2 == 0 ? ["--backup-behind"] : []);
                if (!done) killed++;
                halfWritten.UnionWith(HalfWritten(folder.Folder));
            }

            Compare(expected, ContentOf(folder.Folder), $"after {killed} kills, in run {runs}, with the seed {seed}");
        }

        output.WriteLine($"{kills} kills in {runs} runs, {halfWritten.Count} of them inside a save");
    }

    [Fact]
    public async Task Killed_at_any_call_of_a_save_a_run_ends_byte_for_byte_like_one_that_was_not()
    {
        using var reference = new TemporaryFolder();
        Assert.True((await Run(reference.Folder)).Ended, "the run that nobody kills must end by itself");
        Dictionary<string, byte[]> expected = ContentOf(reference.Folder);

        // Each process dies at a later call than the one before, counted from its start: together they meet every call that saves make.
        using var folder = new TemporaryFolder();
        int kills = 0;
        for (int call = 30; call < 60; call += 3, kills++) Assert.False((await Run(folder.Folder, null, "--die-at-call", $"{call}")).Ended, $"no call {call}");
        Assert.True((await Run(folder.Folder)).Ended, "the last process must end by itself");
        Compare(expected, ContentOf(folder.Folder), $"after {kills} kills inside of saves");
    }

    /// <summary>Starts the training in a folder, and kills it when it has trained for some time.</summary>
    /// <returns>Whether it ended in order, and how long it trained.</returns>
    private static async Task<(bool Ended, TimeSpan Training)> Run(string folder, TimeSpan? life = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        if (line is not null && life is { } time)
        {
            await Task.Delay(time, TestContext.Current.CancellationToken);
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        const int Killed = 128 + 9;
        Assert.True(process.ExitCode is 0 or Killed, $"exit code {process.ExitCode}: {await error}");
        return (process.ExitCode == 0, clock.Elapsed);
    }

    private static void Compare(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual, string when)
    {
        Assert.True(expected.Keys.Order().SequenceEqual(actual.Keys.Order()), $"{when}: {string.Join(" ", actual.Keys.Order())} instead of {string.Join(" ", expected.Keys.Order())}");
        foreach ((string name, byte[] bytes) in expected) Assert.True(bytes.AsSpan().SequenceEqual(actual[name]), $"{when}: {name} differs");
    }

    private static Dictionary<string, byte[]> ContentOf(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes, StringComparer.Ordinal);

    private static IEnumerable<string> HalfWritten(string folder) => Directory.EnumerateFiles(folder, ".*.cairn-tmp-*", SearchOption.AllDirectories);
}
