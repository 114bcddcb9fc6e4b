namespace Cairn;

/// <summary>The hint in messages about an unknown name: the nearest known name, and all known names.</summary>
internal static class NearestName
{
    // A name from a file may be of any length, but typos are looked for only in short ones. Nobody reads more than some hundred names.
    private const int LongestGiven = 100;
    private const int MostShown = 300;

    /// <summary>For example: <c>Did you mean 'relu'? Known: 'elu', 'relu'.</c></summary>
    public static string Hint(string given, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string all = $"Known: {string.Join(", ", names.Take(MostShown).Select(n => $"'{n}'"))}{(names.Length > MostShown ? ", …" : ".")}";
        string? nearest = Find(given, names);
        return nearest is null ? all : $"Did you mean '{nearest}'? {all}";
    }

    /// <summary>The known name with the smallest edit distance, if it is small enough for a typo.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        if (given.Length > LongestGiven)
        {
            return null;
        }

        string? best = null;
        int bestDistance = Math.Max(2, given.Length / 3) + 1;
        foreach (string name in known)
        {
            if (Math.Abs(name.Length - given.Length) > LongestGiven)
            {
                continue;
            }

            int distance = Distance(Plain(given), Plain(name));
            if (distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best;
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    // The Levenshtein distance, computed row by row.
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
