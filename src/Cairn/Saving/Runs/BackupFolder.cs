using System.Globalization;

namespace Cairn.Saving.Runs;

/// <summary>The backups of one run: numbered files in their own folder, of which the newest are kept.</summary>
internal sealed class BackupFolder(string path, int keep) : IDisposable
{
    private const string Prefix = "run-";
    private const string Ending = ".backup";
    private const string LockName = ".in-use";
    private readonly HashSet<string> unwanted = new(StringComparer.Ordinal);
    private FileStream? inUse;

    /// <summary>Creates the folder, locks it against other processes, and deletes the unfinished files of killed ones.</summary>
    /// <exception cref="IOException">The folder can't be created, or another process is using it.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write to the folder.</exception>
    public void Open()
    {
        FileSystem.Current.CreateFolder(Path.GetFullPath(path));
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
            throw new IOException($"The folder '{path}' is in use by another training; each run needs its own folder.", exception);
        }

        AtomicFile.RemoveStale(path);
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
        string file =
            Path.Combine(path, FormattableString.Invariant($"{Prefix}{Files().Select(NumberOf).LastOrDefault(-1) + 1:000000}{Ending}"));
        AtomicFile.Write(file, stream => RunFile.Write(stream, snapshot));
        DeleteOld();
        return file;
    }

    /// <summary>Deletes all backups, the newest last, and the folder if it is then empty.</summary>
    public void Delete()
    {
        foreach (string file in Files())
        {
            FileSystem.Current.Delete(file);
        }

        Dispose();

        // If the folder is a link, the user set it up for later runs too.
        if (new DirectoryInfo(path).LinkTarget is null && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
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
    private string[] Files() => [.. FileSystem.Current.FilesOf(path).Where(file => NumberOf(file) >= 0).OrderBy(NumberOf)];
}
