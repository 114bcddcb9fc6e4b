namespace Cairn.Callbacks;

/// <summary>Finds what somebody probably meant, for error messages.</summary>
internal static class NearestName
{
    /// <summary><c>; did you mean 'val_loss'?</c>, or <paramref name="otherwise"/> when no known name is close.</summary>
    public static string Suggest(string given, IEnumerable<string> known, string otherwise = "")
    {
        var nearest = known
            .Select(name => (Name: name, Distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(2, given.Length / 2))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
        return nearest is null ? otherwise : $"; did you mean '{nearest}'?";
    }

    /// <summary>Levenshtein's distance: insertions, deletions and replacements of single characters.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
