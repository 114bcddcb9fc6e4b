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

    /// <summary>Looks at a folder; relative to the folder that the program is in now, wherever it goes later.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keep">How many backups stay.</param>
    /// <param name="runName">The name of the run, for several runs in one folder; null for the only one.</param>
    public BackupFolder(string path, int keep, string? runName = null)
    {
        this.keep = keep;
        all = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        this.path = Path.Combine(all, runName ?? "");
        shown = Path.Combine(path, runName ?? "");
        Finished = new FinishedRuns(all, runName);
    }

    /// <summary>The runs of this folder and name that had ended.</summary>
    public FinishedRuns Finished { get; }

    /// <summary>A file's path as it would be with the folder as it was given.</summary>
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
            // Somebody has removed the folder, and the lock with it.
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

    /// <summary>The run has ended: all backups are deleted but the last, which is put to the finished ones, and the folder if nothing else
    /// is in it.</summary>
    /// <param name="last">The backup of the run's end; null where there is none.</param>
    public void Finish(string? last)
    {
        foreach (string file in Files().Where(file => file != last))
        {
            FileSystem.Current.Delete(file);
        }

        if (last is not null)
        {
            // None that is older may come back, after a power failure, when the last one has gone.
            FileSystem.Current.FlushFolder(path);
            Finished.Add(last, goesWithProgram: true);
        }

        DeleteIfEmpty();
    }

    /// <summary>Puts the backup of a run that this program has completed to the finished ones, to make place for another run; older ones
    /// go.</summary>
    public void MakePlace(string complete)
    {
        unwanted.UnionWith(Files().Where(file => file != complete));
        Finished.Add(complete, goesWithProgram: false);
    }

    /// <summary>Deletes the folder, and the one of all runs, if nothing is in it.</summary>
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
