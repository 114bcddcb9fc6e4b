namespace Cairn.Layers;

/// <summary>Einsum equations of attention over some axes of <c>[batch, …, heads, size]</c>.</summary>
internal sealed class AttentionEquations
{
    /// <summary>Builds the equations.</summary>
    /// <param name="rank">Rank of the tensors projected into heads.</param>
    /// <param name="attended">The attention axes, non-negative.</param>
    public AttentionEquations(int rank, int[] attended)
    {
        // Targets use the first letters; sources share them except along the attention axes, which have letters of their own.
        string targets = Letters(0, rank);
        int next = rank;
        string sources =
            string.Concat(Enumerable.Range(0, rank).Select(i => attended.Contains(i) ? Letters(next++, 1) : targets.Substring(i, 1)));
        string apart = string.Concat(Enumerable.Range(0, rank - 1).Where(i => !attended.Contains(i)).Select(i => targets[i]));
        string scores = apart + string.Concat(attended.Select(i => targets[i])) + string.Concat(attended.Select(i => sources[i]));
        Scores = $"{sources},{targets}->{scores}";
        Mix = $"{scores},{sources}->{targets}";
    }

    /// <summary>Computes scores from keys and queries.</summary>
    public string Scores { get; }

    /// <summary>Computes the output from scores and values.</summary>
    public string Mix { get; }

    /// <summary>A projection that keeps the first axes, sums over the last <paramref name="bound"/> axes and adds new ones.</summary>
    public static (string Equation, string BiasAxes) Projection(int kept, int bound, int made)
    {
        (string first, string summed, string fresh) = (Letters(0, kept), Letters(kept, bound), Letters(kept + bound, made));
        return ($"{first}{summed},{summed}{fresh}->{first}{fresh}", fresh);
    }

    private static string Letters(int start, int count) =>
        string.Concat(Enumerable.Range(start, count).Select(i => (char)(i < 26 ? 'a' + i : 'A' + i - 26)));
}
