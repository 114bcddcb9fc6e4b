using Cairn.Callbacks;

namespace Cairn.Dashboard.Runs;

/// <summary>The files of a run that may be downloaded: the models named in its events.</summary>
internal static class RunFiles
{
    private static readonly string[] Endings = [".keras", ".h5", ".hdf5", ".safetensors", ".pt", ".pth", ".npz"];

    /// <summary>The file that an event names.</summary>
    /// <param name="run">The run.</param>
    /// <param name="index">Index of the event.</param>
    /// <param name="within">
    /// The folder that the file must be in, also when links are followed; null for runs of this program, whose events are trusted.
    /// </param>
    /// <param name="beside">A second folder to look in if the file is not at the path in the event.</param>
    /// <returns>The whole path; null if there is no such file, or it may not be downloaded.</returns>
    public static string? Of(RunLog run, int index, string? within, string? beside = null)
    {
        TrainingEvent[] events = run.Events;
        if (index >= events.Length || events[index] is not { Path: { } path } one
            || one.Kind is not (EventKind.ModelSaved or EventKind.LastModelSaved)
            || !Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        try
        {
            string full = Path.GetFullPath(path, within ?? Environment.CurrentDirectory);
            if (within is not null && !(File.Exists(full) && IsWithin(full, within)))
            {
                // Training and page are often started from different folders; the file is then beside the history.
                full = Path.Combine(beside ?? within, Path.GetFileName(path));
            }

            return File.Exists(full) && (within is null || IsWithin(full, within)) ? full : null;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or NotSupportedException
            or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a file is in a folder, also after all links are followed.</summary>
    public static bool IsWithin(string file, string folder)
    {
        string root = Path.TrimEndingDirectorySeparator(Real(folder)) + Path.DirectorySeparatorChar;
        return Real(file).StartsWith(root, StringComparison.Ordinal);
    }

    // .NET resolves a link at the end of a path only; a folder on the way may be one as well.
    private static string Real(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        string own = Path.Combine(Real(parent), Path.GetFileName(full));
        FileSystemInfo entry = Directory.Exists(own) ? new DirectoryInfo(own) : new FileInfo(own);
        return entry.LinkTarget is null ? own : Real(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
