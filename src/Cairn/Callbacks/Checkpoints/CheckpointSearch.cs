using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Callbacks;

/// <summary>Finds the files that a <see cref="ModelCheckpoint"/> wrote to a path with fields.</summary>
internal static class CheckpointSearch
{
    private const string Epoch = "epoch";
    private const string Batch = "batch";

    /// <summary>Finds the files whose names match a template, newest first.</summary>
    /// <param name="filepath">The path with fields in braces, as passed to the callback.</param>
    /// <remarks>
    /// Files are ordered by epoch, then by batch, as far as the names contain them, then by time of the last write. Write times alone are
    /// not reliable: the clock may have been set back, and copied files can share one time.
    /// </remarks>
    /// <exception cref="ArgumentException">The path is not a valid template.</exception>
    public static IReadOnlyList<string> NewestFirst(string filepath)
    {
        var template = FilePathTemplate.Of(Path.GetFullPath(filepath), nameof(filepath));
        string pattern = template.ToPattern(field => field is Epoch or Batch ? $@"[^\d/\\]*?(?<{field}>\d+)[^\d/\\]*?" : @"[^/\\]+?",
            out string start);
        var regex = new Regex($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

        // Only the directory before the first field needs to be searched.
        string folder = Path.GetDirectoryName(start) ?? start;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => (File: file, Match: regex.Match(file)))
                .Where(found => found.Match.Success)
                .OrderByDescending(found => NumberIn(found.Match, Epoch))
                .ThenByDescending(found => NumberIn(found.Match, Batch))
                .ThenByDescending(found => File.GetLastWriteTimeUtc(found.File))
                .ThenByDescending(found => found.File, StringComparer.Ordinal)
                .Select(found => found.File),
        ];
    }

    private static long NumberIn(Match match, string field) =>
        match.Groups[field] is { Success: true } group
        && long.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;
}
