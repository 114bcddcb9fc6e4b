using System.Diagnostics;
using System.Security.Cryptography;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A training in separate processes and its own folder, which can be killed and started again.</summary>
/// <param name="training">The name of the worker's training.</param>
/// <param name="backups"><c>at-once</c> or <c>behind</c>: when backups are written.</param>
internal sealed class CrashedRun(string training, string backups) : IDisposable
{
    private const int Killed = 128 + 9;
    private const string EventFiles = "events.out.tfevents";
    private readonly TemporaryFolder folder = new();

    /// <summary>The number of reports of the last process for each position.</summary>
    public Dictionary<string, int> Told { get; } = [];

    /// <summary>Whether the training is complete.</summary>
    public bool Ended { get; private set; }

    public void Dispose() => folder.Dispose();

    /// <summary>Starts the training, and kills it shortly after a given number of reports of a position.</summary>
    /// <returns>Whether it completed normally.</returns>
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
                // Shorter than the resolution of a timer.
            }

            process.Kill();
        }

        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode is 0 or Killed, $"exit code {process.ExitCode}: {await error}");
        return Ended = process.ExitCode == 0;
    }

    /// <summary>All files by path; event files, whose name depends on the process, have a common name, numbered if there are
    /// several.</summary>
    public Dictionary<string, byte[]> Content()
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        IEnumerable<(string Path, byte[] Bytes)> files = Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(folder.Folder, file), File.ReadAllBytes(file)));
        foreach ((string path, byte[] bytes) in files.OrderBy(file => Convert.ToHexString(SHA256.HashData(file.Bytes)),
            StringComparer.Ordinal))
        {
            bool isOfEvents = Path.GetFileName(path).StartsWith(EventFiles, StringComparison.Ordinal);
            string name = isOfEvents ? Path.Combine(Path.GetDirectoryName(path)!, EventFiles) : path;
            for (int i = 2; content.ContainsKey(name); i++)
            {
                name = Path.Combine(Path.GetDirectoryName(path)!, $"{EventFiles} ({i})");
            }

            content[name] = bytes;
        }

        return content;
    }

    public IEnumerable<string> HalfWritten() => Directory.EnumerateFiles(folder.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories);
}
