using Cairn.Callbacks;

namespace Cairn.Cli.Histories;

/// <summary>Histories given on the command line.</summary>
internal static class HistoryFiles
{
    /// <summary>Reads a history: <c>.json</c>, or a CSV file under any other name.</summary>
    /// <exception cref="CommandException">The file does not exist.</exception>
    /// <exception cref="Saving.ModelFormatException">The file is not a history.</exception>
    public static History Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"there is no file '{path}'");
        }

        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? History.Load(path) : HistoryCsv.Read(path);
    }

    /// <summary>The names of several runs in a plot: those of the files or, if these are equal, of the folders.</summary>
    public static string[] NamesOf(IReadOnlyList<string> paths)
    {
        string[] files = [.. paths.Select(path => Path.GetFileNameWithoutExtension(path))];
        string[] folders = [.. paths.Select(path => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!))];
        return files.Distinct().Count() == files.Length ? files
            : folders.Distinct().Count() == folders.Length ? folders
            : [.. paths];
    }
}
