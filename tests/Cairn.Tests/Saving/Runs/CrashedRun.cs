using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

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

    // On a busy machine, a kill may hit a program that has ended: its result is written, and its finished runs are deleted.
    private bool HadEnded => File.Exists(Path.Combine(folder.Folder, "result.txt"))
        && !Directory.EnumerateFiles(folder.Folder, "*.backup", SearchOption.AllDirectories).Any();

    /// <summary>Starts the training, and kills it at a given number of reports of a position, or some time later.</summary>
    /// <returns>Whether it completed normally.</returns>
    public async Task<bool> Start(string? place = null, int times = 1, TimeSpan later = default, int? dieAtCall = null)
    {
        ProcessStartInfo start = Command(dieAtCall is { } call ? [$"{call}"] : []);
        if (place is not null && later == default)
        {
            start.Environment["CAIRN_DIE_AT"] = $"{place} {times}";
        }

        (int code, string error) = await Run(start, (process, line) =>
        {
            if (line != place || Told[line] != times)
            {
                return;
            }

            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < later)
            {
                // Shorter than the resolution of a timer.
            }

            process.Kill();
        });
        Assert.True(code is 0 or Killed, $"exit code {code}: {error}");
        return Ended = code == 0 || HadEnded;
    }

    /// <summary>Starts the training with a limit for the memory of the .NET heap.</summary>
    /// <returns>What the process wrote to standard error before it ended with an error; null if it completed.</returns>
    public Task<string?> StartWithHeap(long bytes) =>
        StartWith("DOTNET_GCHeapHardLimit", bytes.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>Starts the training with an allocation of libtorch's C++ objects that fails, counted from 1; 0 for none.</summary>
    /// <inheritdoc cref="StartWithHeap"/>
    public Task<string?> StartWithFailingNew(long allocation) =>
        StartWith("CAIRN_FAIL_NEW", allocation.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Starts the training, and at a report of a position limits the address space of the process to a little more than it has. Everything
    /// that allocates can then fail: libtorch's objects and tensors, the .NET heap, threads, files.
    /// </summary>
    /// <param name="place">The position.</param>
    /// <param name="times">The number of the report.</param>
    /// <param name="more">The number of bytes that the process may still take.</param>
    /// <inheritdoc cref="StartWithHeap"/>
    public Task<string?> StartWithLimit(string place, int times, long more) => Outcome(Command([]), (process, line) =>
    {
        if (line == place && Told[line] == times)
        {
            AddressSpace.Limit(process.Id, more);
        }
    });

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

    /// <summary>Requires the same files as those of another run, byte for byte, and no backups.</summary>
    /// <param name="reference">A run that was not disturbed.</param>
    /// <param name="when">What happened to this run, for messages.</param>
    public void RequireSame(CrashedRun reference, string when)
    {
        Dictionary<string, byte[]> expected = reference.Content(), actual = Content();
        Assert.True(expected.Keys.Order().SequenceEqual(actual.Keys.Order()),
            $"{when}: {string.Join(" ", actual.Keys.Order())} instead of {string.Join(" ", expected.Keys.Order())}");
        Assert.DoesNotContain(expected.Keys, name => name.Contains(".finished", StringComparison.Ordinal)
            || name.StartsWith("backup", StringComparison.Ordinal));
        string[] differing = [.. expected.Keys.Where(name => !expected[name].AsSpan().SequenceEqual(actual[name])).Order()];
        Assert.True(differing.Length == 0,
            $"{when}: {string.Join("; ", differing.Select(name => $"{name} differs{Difference(name, expected[name], actual[name])}"))}");
    }

    public IEnumerable<string> HalfWritten() => Directory.EnumerateFiles(folder.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories);

    private Task<string?> StartWith(string variable, string value)
    {
        ProcessStartInfo start = Command([]);
        start.Environment[variable] = value;
        return Outcome(start, (_, _) => { });
    }

    private async Task<string?> Outcome(ProcessStartInfo start, Action<Process, string> read)
    {
        (int code, string error) = await Run(start, read);
        Ended = code == 0;
        return Ended ? null : $"exit code {code}: {error}";
    }

    /// <summary>Runs a process to its end, and counts its reports.</summary>
    /// <param name="start">The process.</param>
    /// <param name="read">Called after each report.</param>
    /// <returns>The exit code, and what it wrote to standard error.</returns>
    private async Task<(int Code, string Error)> Run(ProcessStartInfo start, Action<Process, string> read)
    {
        using Process process = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        Told.Clear();
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            Told[line] = Told.GetValueOrDefault(line) + 1;
            read(process, line);
        }

        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await error);
    }

    // Of texts, the first line that differs.
    private static string Difference(string name, byte[] expected, byte[] actual)
    {
        if (Path.GetExtension(name) is not (".txt" or ".csv"))
        {
            return "";
        }

        string[] lines = Encoding.UTF8.GetString(expected).Split('\n'), others = Encoding.UTF8.GetString(actual).Split('\n');
        int line = lines.Zip(others).TakeWhile(pair => pair.First == pair.Second).Count();
        return $" in line {line + 1}: '{others.ElementAtOrDefault(line)}' instead of '{lines.ElementAtOrDefault(line)}'";
    }

    private ProcessStartInfo Command(string[] more) =>
        new(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), [training, backups, .. more])
        {
            WorkingDirectory = folder.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
