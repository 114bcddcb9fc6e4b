using System.Globalization;

namespace Cairn.Saving.Runs;

/// <summary>The backups of one run: numbered files in their own folder, of which the newest are kept.</summary>
internal sealed class BackupFolder : IDisposable
{
    private const string Prefix = "run-";
    private const string Ending = ".backup";
    private const string LockName = ".in-use";
    private readonly HashSet<string> unwanted = new(StringComparer.Ordinal);
    private readonly string path;
    private readonly string shown;
    private readonly string all;
    private readonly int keep;
    private FileStream? inUse;

    /// <summary>Creates the backups of a folder; a relative path is resolved against the current directory now.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keep">The number of backups to keep.</param>
    /// <param name="runName">The name of the run, for several runs in one folder; null for the only one.</param>
    public BackupFolder(string path, int keep, string? runName = null)
    {
        this.keep = keep;
        all = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        this.path = Path.Combine(all, runName ?? "");
        shown = Path.Combine(path, runName ?? "");
        Finished = new FinishedRuns(all, runName);
    }

    /// <summary>The finished runs of this folder and run name.</summary>
    public FinishedRuns Finished { get; }

    /// <summary>The path of a file, relative to the folder as the user passed it.</summary>
    public string Shown(string file) => Path.GetDirectoryName(file) == path ? Path.Combine(shown, Path.GetFileName(file)) : file;

    /// <summary>Creates the folder, locks it against other processes, and deletes the unfinished files of killed ones.</summary>
    /// <exception cref="IOException">The folder can't be created, or another process is using it.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write to the folder.</exception>
    public void Open()
    {
        FileSystem.Current.CreateFolder(path);
        TakeLock();
        AtomicFile.RemoveStale(path);
    }

    private void TakeLock()
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                Options = FileOptions.DeleteOnClose,
            };
            inUse = FileSystem.Current.Open(Path.Combine(path, LockName), options);
        }
        catch (IOException exception) when (File.Exists(Path.Combine(path, LockName)))
        {
            throw new IOException($"The folder '{shown}' is in use by another training; each run needs its own folder.", exception);
        }
    }

    /// <summary>The newest undamaged backup; null if there are no backups.</summary>
    /// <param name="warn">Receives a message about each newer backup that is damaged, and its replacement.</param>
    /// <exception cref="ModelFormatException">All backups are damaged.</exception>
    public (string File, RunSnapshot Snapshot)? ReadNewest(Action<string> warn)
    {
        try
        {
            (string File, RunSnapshot Snapshot)? found = NewestWhole.Read(Files().Reverse(), file => RunFile.Read(file), "backup", warn);
            if (found is { } backup)
            {
                unwanted.UnionWith(Files().Where(file => NumberOf(file) > NumberOf(backup.File)));
            }

            return found;
        }
        catch (ModelFormatException damage)
        {
            throw new ModelFormatException(
                $"{damage.Problem} The folder has no undamaged backup. To start over, delete the folder.", damage.FileName,
                damage.Location, damage);
        }
    }

    /// <summary>Marks a backup as unusable: it is deleted when the next one is written.</summary>
    public void Discard(string file) => unwanted.Add(file);

    /// <summary>Writes the next backup, numbered from 0, and deletes those beyond the number to keep.</summary>
    /// <returns>The path of the file.</returns>
    public string Write(RunSnapshot snapshot)
    {
        if (!File.Exists(Path.Combine(path, LockName)))
        {
            // The folder was removed during training, and the lock with it.
            Dispose();
            FileSystem.Current.CreateFolder(path);
            TakeLock();
        }

        string file =
            Path.Combine(path, FormattableString.Invariant($"{Prefix}{Files().Select(NumberOf).LastOrDefault(-1) + 1:000000}{Ending}"));
        AtomicFile.Write(file, stream => RunFile.Write(stream, snapshot));
        DeleteOld();
        return file;
    }

    /// <summary>
    /// Ends a run: moves its last backup to the finished runs, and deletes the other backups and the folder if it is empty.
    /// </summary>
    /// <param name="last">The backup of the end of the run; null if there is none.</param>
    public void Finish(string? last)
    {
        foreach (string file in Files().Where(file => file != last))
        {
            FileSystem.Current.Delete(file);
        }

        if (last is not null)
        {
            // After a power failure, no older backup may reappear once the last one is gone.
            FileSystem.Current.FlushFolder(path);
            Finished.Add(last, goesWithProgram: true);
        }

        DeleteIfEmpty();
    }

    /// <summary>
    /// Makes room for another run: moves the backup of a run that this program has completed to the finished runs. Older backups are
    /// deleted.
    /// </summary>
    public void MakePlace(string complete)
    {
        unwanted.UnionWith(Files().Where(file => file != complete));
        Finished.Add(complete, goesWithProgram: false);
    }

    /// <summary>Deletes the folder of the run and the folder of all runs, if they are empty.</summary>
    public void DeleteIfEmpty()
    {
        Dispose();
        foreach (string folder in (string[])[path, all])
        {
            // If the folder is a link, the user set it up for later runs too.
            if (Directory.Exists(folder) && new DirectoryInfo(folder).LinkTarget is null
                && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private void DeleteOld()
    {
        try
        {
            // A damaged backup does not count towards those to keep: no run could resume from it.
            foreach (string old in Files().Where(file => !unwanted.Contains(file)).SkipLast(keep).Concat(unwanted))
            {
                FileSystem.Current.Delete(old);
            }

            unwanted.Clear();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The new backup is safe; any old one that remains is deleted along with the next.
        }
    }

    public void Dispose()
    {
        inUse?.Dispose();
        inUse = null;
    }

    private static long NumberOf(string file)
    {
        string name = Path.GetFileName(file);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Ending.Length), NumberStyles.None,
            CultureInfo.InvariantCulture, out long number)
            ? number
            : -1;
    }

    /// <summary>The backups, oldest first.</summary>
    private string[] Files() =>
        !Directory.Exists(path) ? [] : [.. FileSystem.Current.FilesOf(path).Where(file => NumberOf(file) >= 0).OrderBy(NumberOf)];
}
