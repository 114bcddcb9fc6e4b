namespace Cairn.Callbacks;

/// <summary>
/// The backup that <see cref="BackupAndRestore"/> found belongs to a different run: its model, optimizer, data, batch size or callbacks
/// differ.
/// </summary>
public sealed class BackupMismatchException : Exception
{
    internal BackupMismatchException(string backup, IReadOnlyList<string> differences)
        : base(
            $"The backup '{backup}' belongs to a different run and can't be resumed from:\n  "
            + string.Join("\n  ", differences)
            + "\nRestore the original settings, use another directory or runName for this run, "
            + "or delete the directory to start from scratch.")
    {
        Backup = backup;
        Differences = differences;
    }

    /// <summary>The path of the backup.</summary>
    public string Backup { get; }

    /// <summary>The differences, one entry each.</summary>
    public IReadOnlyList<string> Differences { get; }
}
