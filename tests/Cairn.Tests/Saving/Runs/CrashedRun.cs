using System.Diagnostics;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A training in processes of its own, in a folder of its own, that can be killed and started again.</summary>
/// <param name="training">Which of the worker's trainings.</param>
/// <param name="backups"><c>at-once</c> or <c>behind</c>: when backups are written.</param>
internal sealed class CrashedRun(string training, string backups) : IDisposable
{
    private const int Killed = 128 + 9;
    private const string EventFiles = "events.out.tfevents";
    private readonly TemporaryFolder folder = new();

    /// <summary>How often the last process told each place where it was.</summary>
    public Dictionary<string, int> Told { get; } = [];

    /// <summary>Whether the training is complete.</summary>
    public bool Ended { get; private set; }

    public void Dispose() => folder.Dispose();

    /// <summary>Starts the training, and kills it a moment after it has told a place for so many times.</summary>
    /// <returns>Whether it ended in order.</returns>
    public async Task<bool> Start(string? place = null, int times = 1, TimeSpan later = default, int? dieAtCall = null)
    {
        string[] arguments = [training, backups, .. dieAtCall is { } call ? new[] { $"{call}" } : []];
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), arguments)
        {
            WorkingDirectory = folder.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        Told.Clear();
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            Told[line] = Told.GetValueOrDefault(line) + 1;
            if (line != place || Told[line] != times)
            {
                continue;
            }

            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < later)
            {
                // Shorter than a timer can wait.
            }

            process.Kill();
        }

        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode is 0 or Killed, $"exit code {process.ExitCode}: {await error}");
        return Ended = process.ExitCode == 0;
    }

    /// <summary>All files by their paths; that of events, whose name tells the process that began it, under one name, numbered where there are several.</summary>
    public Dictionary<string, byte[]> Content()
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder.Folder, file), name = path;
            if (Path.GetFileName(path).StartsWith(EventFiles, StringComparison.Ordinal))
            {
                name = Path.Combine(Path.GetDirectoryName(path)!, EventFiles);
            }

            for (int i = 2; content.ContainsKey(name); i++)
            {
                name = $"{path} ({i})";
            }

            content[name] = File.ReadAllBytes(file);
        }

        return content;
    }

    public IEnumerable<string> HalfWritten() => Directory.EnumerateFiles(folder.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories);
}
