using System.Security.Cryptography;
using System.Text;
using Cairn.Callbacks;
using Cairn.Dashboard.Runs;
using Cairn.Saving;

namespace Cairn.Dashboard.Folders;

/// <summary>A run in the files of a folder. Its row in the table stays in memory; its values only while it is viewed.</summary>
internal sealed class FolderRun : IDashboardRun
{
    private const int IdCharacters = 16;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);
    private readonly string root;
    private readonly Lock gate = new();
    private readonly WeakReference<RunLog?> opened = new(null);
    private FoundRun found;

    private FolderRun(string root, FoundRun found, RunSummary summary) =>
        (this.root, this.found, Summary, Id, Signature) = (root, found, summary, summary.Id, found.Signature);

    public string Id { get; }

    public RunSummary Summary { get; private set; }

    public IRunActions? Actions => null;

    /// <summary>The state of the files from which <see cref="Summary"/> was read.</summary>
    public string Signature { get; private set; }

    /// <summary>Whether the files must be read again, or the run was training and nothing has been written for a while.</summary>
    public bool HasChanged(FoundRun now) => now.Signature != Signature
        || (Summary.Status == RunStatus.Running && DateTime.UtcNow - now.Changed > Fresh);

    /// <summary>The name of a run in addresses, which does not reveal its path.</summary>
    public static string IdOf(string root, FoundRun found) =>
        Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{found.Kind} {Path.GetRelativePath(root, found.Path)}")))[..IdCharacters];

    /// <summary>Reads a run for the first time.</summary>
    public static FolderRun Load(string root, FoundRun found) => new(root, found, Sum(root, found, shown: null));

    /// <summary>Reads the files again, and updates the viewers of the run.</summary>
    public void Reload(FoundRun again)
    {
        lock (gate)
        {
            opened.TryGetTarget(out RunLog? shown);
            if (again.Signature == Signature)
            {
                // Nothing was written for a while.
                Summary = Summary with { Status = RunStatus.Recorded };
                shown?.Status = RunStatus.Recorded;
                return;
            }

            (found, Signature) = (again, again.Signature);
            Summary = Sum(root, again, shown);
        }
    }

    public RunLog Open()
    {
        lock (gate)
        {
            if (!opened.TryGetTarget(out RunLog? log))
            {
                log = new RunLog(Id, Summary.Name, Summary.Source);
                Show(log, RunReader.Read(found), Summary.Status);
                opened.SetTarget(log);
            }

            return log;
        }
    }

    public string? FileOf(int index)
    {
        string folder = Directory.Exists(found.Path) ? found.Path : Path.GetDirectoryName(found.Path)!;
        return RunFiles.Of(Open(), index, root, folder);
    }

    private static void Show(RunLog log, LoadedRun loaded, RunStatus status)
    {
        log.Follow(loaded.History);
        log.Description = loaded.Description;
        log.Progress = new RunProgress { Seconds = loaded.Seconds, Epochs = EpochsOf(loaded) };
        log.Status = status;
    }

    private static RunSummary Sum(string root, FoundRun found, RunLog? shown)
    {
        string relative = Path.GetRelativePath(root, found.Path);
        var empty = new LoadedRun(new History(), new Dictionary<string, string>(), null);
        (LoadedRun loaded, string? problem) = (empty, null);
        try
        {
            loaded = RunReader.Read(found);
        }
        catch (Exception exception) when (exception is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            problem = exception is ModelFormatException format ? format.Problem : exception.Message;
        }

        bool grows = problem is null && DateTime.UtcNow - found.Changed < Fresh;
        RunStatus status = StatusOf(loaded, grows);
        if (shown is not null && problem is null)
        {
            Show(shown, loaded, status);
        }

        RunDescription description = loaded.Description;
        return new RunSummary
        {
            Id = IdOf(root, found),
            Name = relative == "." ? Path.GetFileName(found.Path) : relative.Replace('\\', '/'),
            Source = found.Kind.ToString().ToLowerInvariant(),
            Status = status,
            Updated = found.Changed,
            EpochCount = loaded.History.Epochs.Count,
            EventCount = loaded.History.Events.Count,
            Epochs = EpochsOf(loaded),
            Seconds = loaded.Seconds,
            Values = RunSummary.ValuesOf(loaded.History, description),
            Settings = description.Settings,
            Tags = description.Tags,
            Problem = problem,
        };
    }

    private static RunStatus StatusOf(LoadedRun loaded, bool grows)
    {
        string? last = loaded.History.Events
            .LastOrDefault(one => one.Kind is EventKind.Interrupted or EventKind.TrainingStopped)?.Kind;
        return last == EventKind.Interrupted ? RunStatus.Interrupted
            : last is not null ? RunStatus.Stopped
            : EpochsOf(loaded) is { } of && loaded.History.Epochs is { Count: > 0 } epochs && epochs[^1] + 1 >= of ? RunStatus.Finished
            : grows ? RunStatus.Running
            : RunStatus.Recorded;
    }

    private static int? EpochsOf(LoadedRun loaded) =>
        loaded.Settings.TryGetValue("epochs", out string? text) && int.TryParse(text, out int epochs) && epochs > 0 ? epochs : null;
}
