namespace Cairn.Layers;

/// <summary>Attention over some axes of <c>[batch, …, heads, size]</c>, written as sums over letters.</summary>
internal sealed class AttentionEquations
{
    /// <summary>Writes the equations.</summary>
    /// <param name="rank">Number of axes of what is projected into heads.</param>
    /// <param name="attended">The axes attended over, counted from the start.</param>
    public AttentionEquations(int rank, int[] attended)
    {
        // Targets have the first letters; sources share them but for the attended axes, which have letters of their own.
        string targets = Letters(0, rank);
        int next = rank;
        string sources =
            string.Concat(Enumerable.Range(0, rank).Select(i => attended.Contains(i) ? Letters(next++, 1) : targets.Substring(i, 1)));
        string apart = string.Concat(Enumerable.Range(0, rank - 1).Where(i => !attended.Contains(i)).Select(i => targets[i]));
        string scores = apart + string.Concat(attended.Select(i => targets[i])) + string.Concat(attended.Select(i => sources[i]));
        Scores = $"{sources},{targets}->{scores}";
        Mix = $"{scores},{sources}->{targets}";
    }

    /// <summary>Keys and queries to scores.</summary>
    public string Scores { get; }

    /// <summary>Scores and values to the mix of values.</summary>
    public string Mix { get; }

    /// <summary>A projection that keeps the first axes, sums over the <paramref name="bound"/> last ones and makes new ones.</summary>
    public static (string Equation, string BiasAxes) Projection(int kept, int bound, int made)
    {
        (string first, string summed, string fresh) = (Letters(0, kept), Letters(kept, bound), Letters(kept + bound, made));
        return ($"{first}{summed},{summed}{fresh}->{first}{fresh}", fresh);
    }

    private static string Letters(int start, int count) =>
        string.Concat(Enumerable.Range(start, count).Select(i => (char)(i < 26 ? 'a' + i : 'A' + i - 26)));
}
