namespace Cairn.Callbacks;

/// <summary>The backup that <see cref="BackupAndRestore"/> found is of another run: another model, optimizer, data, batch size or list of callbacks.</summary>
public sealed class BackupMismatchException : Exception
{
    internal BackupMismatchException(string backup, IReadOnlyList<string> differences)
        : base(
            $"The backup '{backup}' is of another run, and this one can't go on from it:\n  "
            + string.Join("\n  ", differences)
            + "\nStart the run as it was, give this one a folder of its own, or delete the folder to begin anew.")
    {
        Backup = backup;
        Differences = differences;
    }

    /// <summary>The file.</summary>
    public string Backup { get; }

    /// <summary>What differs, one entry each.</summary>
    public IReadOnlyList<string> Differences { get; }
}
