namespace Cairn.Dashboard.Folders;

/// <summary>A run found in a folder by the names of its files.</summary>
/// <param name="Path">The file; the folder, for event files.</param>
/// <param name="Kind">The kind of the files.</param>
/// <param name="Files">All files of the run; their lengths and times show whether it changed.</param>
internal sealed record FoundRun(string Path, RunFileKind Kind, IReadOnlyList<FileInfo> Files)
{
    /// <summary>Changes when a file does.</summary>
    public string Signature =>
        string.Join('|', Files.Select(file => FormattableString.Invariant($"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")));

    /// <summary>When a file last changed.</summary>
    public DateTime Changed => Files.Max(file => file.LastWriteTimeUtc);
}
