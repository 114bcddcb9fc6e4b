using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>Histories that a user names on the command line.</summary>
internal static class HistoryFiles
{
    /// <summary>Reads a history: <c>.json</c>, or a CSV file under any other name.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    /// <exception cref="Saving.ModelFormatException">It is no history.</exception>
    public static History Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"there is no file '{path}'");
        }

        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? History.Load(path) : HistoryCsv.Read(path);
    }

    /// <summary>What several runs are called in a picture: their files' names or, where those are alike, their folders'.</summary>
    public static string[] NamesOf(IReadOnlyList<string> paths)
    {
        string[] files = [.. paths.Select(path => Path.GetFileNameWithoutExtension(path))];
        string[] folders = [.. paths.Select(path => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!))];
        return files.Distinct().Count() == files.Length ? files
            : folders.Distinct().Count() == folders.Length ? folders
            : [.. paths];
    }
}
