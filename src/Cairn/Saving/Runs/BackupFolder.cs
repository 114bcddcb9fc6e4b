using System.Globalization;

namespace Cairn.Saving.Runs;

/// <summary>The backups of one run: numbered files in a folder of their own, of which the newest ones are kept.</summary>
internal sealed class BackupFolder(string path, int keep) : IDisposable
{
    private const string Prefix = "run-";
    private const string Ending = ".backup";
    private const string LockName = ".in-use";
    private readonly HashSet<string> unwanted = new(StringComparer.Ordinal);
    private FileStream? inUse;

    /// <summary>Makes the folder, keeps other processes out of it, and clears away what a killed one left half-written.</summary>
    /// <exception cref="IOException">The folder can't be made, or another process is using it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
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
            throw new IOException($"The folder '{path}' is in use by another training; two runs need two folders.", exception);
        }

        AtomicFile.RemoveStale(path);
    }

    /// <summary>The newest backup that is whole; null where there is none at all.</summary>
    /// <param name="warn">Told about each newer one that is damaged, and what is taken instead.</param>
    /// <exception cref="ModelFormatException">There are backups, and all are damaged.</exception>
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
                $"{damage.Problem} No other backup of the folder is whole. To begin anew, delete the folder.", damage.FileName,
                damage.Location, damage);
        }
    }

    /// <summary>Says that nobody will go on from a backup: it is deleted when the next one is written.</summary>
    public void Discard(string file) => unwanted.Add(file);

    /// <summary>Writes the next backup, the first one with the number 0, and deletes those that are no longer to be kept.</summary>
    /// <returns>The file.</returns>
    public string Write(RunSnapshot snapshot)
    {
        string file =
            Path.Combine(path, FormattableString.Invariant($"{Prefix}{Files().Select(NumberOf).LastOrDefault(-1) + 1:000000}{Ending}"));
        AtomicFile.Write(file, stream => RunFile.Write(stream, snapshot));
        DeleteOld();
        return file;
    }

    /// <summary>Deletes all backups, the newest last, and the folder if nothing else is in it.</summary>
    public void Delete()
    {
        foreach (string file in Files())
        {
            FileSystem.Current.Delete(file);
        }

        Dispose();

        // A link to a folder elsewhere is how somebody set things up for the next run too.
        if (new DirectoryInfo(path).LinkTarget is null && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }

    private void DeleteOld()
    {
        try
        {
            // A damaged one is none of those that are kept: nobody could go on from it.
            foreach (string old in Files().Where(file => !unwanted.Contains(file)).SkipLast(keep).Concat(unwanted))
            {
                FileSystem.Current.Delete(old);
            }

            unwanted.Clear();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The new one is safe; what stays is deleted along with the next.
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
