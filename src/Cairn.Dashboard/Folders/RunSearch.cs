using System.Text;

namespace Cairn.Dashboard.Folders;

/// <summary>Finds the runs in a folder. Links are not followed, so that nothing outside the folder is read.</summary>
/// <param name="folder">The folder.</param>
internal sealed class RunSearch(string folder)
{
    private const int MostFiles = 200_000;
    private const int MostDepth = 16;
    private const int FirstBytes = 4096;
    private const string EventFile = "events.out.tfevents.";
    private static readonly string[] PartsOfARun = ["train", "validation"];

    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = MostDepth,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    private Dictionary<string, LookedInto> known = new(StringComparer.Ordinal);

    /// <summary>Number of files whose kind is known.</summary>
    public int KnownFiles => known.Count;

    /// <summary>The runs below the folder, each once. Files that have not changed since the last call are not opened.</summary>
    public List<FoundRun> Find()
    {
        var runs = new List<FoundRun>();
        var seen = new Dictionary<string, LookedInto>(known.Count, StringComparer.Ordinal);
        var events = new OrderedDictionary<string, List<FileInfo>>(StringComparer.Ordinal);
        var backups = new OrderedDictionary<string, List<FileInfo>>(StringComparer.Ordinal);
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", Everywhere).Take(MostFiles))
        {
            if (file.Name.StartsWith(EventFile, StringComparison.Ordinal))
            {
                Group(events, FolderOfRun(file, folder), file);
            }
            else if (file.Name.EndsWith(".backup", StringComparison.Ordinal) && file.Name.StartsWith("run-", StringComparison.Ordinal))
            {
                Group(backups, file.DirectoryName!, file);
            }
            else if (KindOf(file, seen) is { } kind)
            {
                runs.Add(new FoundRun(file.FullName, kind, WithCompanions(file, kind)));
            }
        }

        known = seen;
        runs.AddRange(events.Select(pair =>
            new FoundRun(pair.Key, RunFileKind.TensorBoard, [.. pair.Value.OrderBy(file => file.FullName, StringComparer.Ordinal)])));

        // The newest backup contains the history of the earlier ones.
        runs.AddRange(backups.Select(pair => new FoundRun(pair.Key, RunFileKind.Backup, [pair.Value.MaxBy(file => file.Name)!])));
        return runs;
    }

    private static void Group(OrderedDictionary<string, List<FileInfo>> groups, string folder, FileInfo file)
    {
        if (!groups.TryGetValue(folder, out List<FileInfo>? files))
        {
            groups[folder] = files = [];
        }

        files.Add(file);
    }

    // Keras writes a run as two: train and validation.
    private static string FolderOfRun(FileInfo file, string root)
    {
        DirectoryInfo folder = file.Directory!;
        return PartsOfARun.Contains(folder.Name)
            && folder.FullName.Length > Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)).Length
            ? folder.Parent!.FullName
            : folder.FullName;
    }

    private RunFileKind? KindOf(FileInfo file, Dictionary<string, LookedInto> seen)
    {
        bool isCsv = file.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            || file.Name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase)
            || file.Name.EndsWith(".log", StringComparison.OrdinalIgnoreCase);
        bool isJson = file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            && !file.Name.EndsWith(".events.json", StringComparison.OrdinalIgnoreCase)
            && !file.Name.EndsWith(".settings.json", StringComparison.OrdinalIgnoreCase);
        if (!isCsv && !isJson)
        {
            return null;
        }

        if (!known.TryGetValue(file.FullName, out LookedInto before)
            || (before.Length, before.Changed) != (file.Length, file.LastWriteTimeUtc))
        {
            before = new LookedInto(file.Length, file.LastWriteTimeUtc, LookInto(file, isCsv));
        }

        seen[file.FullName] = before;
        return before.Kind;
    }

    private static RunFileKind? LookInto(FileInfo file, bool isCsv)
    {
        try
        {
            using FileStream stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[FirstBytes];
            int count = stream.ReadAtLeast(bytes, FirstBytes, throwOnEndOfStream: false);
            string text = Encoding.UTF8.GetString(bytes, 0, count).TrimStart('\uFEFF', ' ', '\n', '\r', '\t');
            if (isCsv)
            {
                string start = text.StartsWith('"') ? text[1..] : text;
                return start.StartsWith("epoch", StringComparison.Ordinal) && (start.Length == 5 || !char.IsLetterOrDigit(start[5]))
                    ? RunFileKind.Csv : null;
            }

            return text.StartsWith('{') && (text.Contains("\"epochs\"", StringComparison.Ordinal)
                || text.Contains("\"metrics\"", StringComparison.Ordinal)) ? RunFileKind.Json : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<FileInfo> WithCompanions(FileInfo file, RunFileKind kind)
    {
        List<FileInfo> files = [file];
        foreach (string other in kind == RunFileKind.Csv ? (string[])[".events.json", ".settings.json"] : [])
        {
            var companion = new FileInfo(Path.ChangeExtension(file.FullName, other));
            if (companion.Exists && companion.LinkTarget is null)
            {
                files.Add(companion);
            }
        }

        return files;
    }

    // The kind is null if the file contains no run.
    private readonly record struct LookedInto(long Length, DateTime Changed, RunFileKind? Kind);
}
