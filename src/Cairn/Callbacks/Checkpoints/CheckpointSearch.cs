using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Callbacks;

/// <summary>Finds the files that a <see cref="ModelCheckpoint"/> wrote to a path with fields.</summary>
internal static class CheckpointSearch
{
    private const string Epoch = "epoch";
    private const string Batch = "batch";

    /// <summary>The files whose names a template can give, the newest first.</summary>
    /// <param name="filepath">The path with fields in braces, as the callback was given it.</param>
    /// <remarks>
    /// Newest is the highest epoch, then the highest batch, as far as the name tells them, then what was written last: a clock may have gone
    /// backwards, and copies are all of the same time.
    /// </remarks>
    /// <exception cref="ArgumentException">No values can ever fill the path.</exception>
    public static IReadOnlyList<string> NewestFirst(string filepath)
    {
        var template = FilePathTemplate.Of(Path.GetFullPath(filepath), nameof(filepath));
        string pattern = template.ToPattern(field => field is Epoch or Batch ? $@"[^\d/\\]*?(?<{field}>\d+)[^\d/\\]*?" : @"[^/\\]+?",
            out string start);
        var regex = new Regex($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

        // The folders before the first field are where to look.
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
