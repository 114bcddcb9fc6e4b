namespace Cairn.Drawing;

/// <summary>
/// The arrangement of a drawing in ranks: a layer is in the rank after its last input. An arrow across several ranks has a position in each
/// of them, so that it passes between the boxes.
/// </summary>
internal sealed class DrawnRanks
{
    private const int Sweeps = 4;

    private readonly List<List<int>> ranks = [];
    private readonly List<List<int>> before = [];
    private readonly List<List<int>> after = [];

    public DrawnRanks(ModelDrawing drawing)
    {
        int[] rank = new int[drawing.Layers.Count];

        // Arrows go from earlier to later layers, except back to a shared layer.
        (int From, int To)[] forward = [.. drawing.Arrows.Where(arrow => arrow.From < arrow.To)];
        foreach ((int from, int to) in forward.OrderBy(arrow => arrow.To))
        {
            rank[to] = Math.Max(rank[to], rank[from] + 1);
        }

        for (int i = 0; i < rank.Length; i++)
        {
            Place(i, rank[i]);
        }

        foreach ((int from, int to) in drawing.Arrows)
        {
            var way = new List<int> { from };
            for (int between = rank[from] + 1; between < rank[to]; between++)
            {
                Place(before.Count, between);
                way.Add(before.Count - 1);
            }

            way.Add(to);
            Ways.Add(way);
            for (int i = 1; i < way.Count; i++)
            {
                after[way[i - 1]].Add(way[i]);
                before[way[i]].Add(way[i - 1]);
            }
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            Sort(ranks, sweep % 2 == 0 ? before : after, sweep % 2 == 1);
        }
    }

    /// <summary>The positions in each rank, in order: indices of layers, and larger numbers for passing arrows.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Ranks => ranks;

    /// <summary>The positions of each arrow, from its first to its last layer.</summary>
    public List<List<int>> Ways { get; } = [];

    private void Place(int place, int rank)
    {
        while (ranks.Count <= rank)
        {
            ranks.Add([]);
        }

        ranks[rank].Add(place);
        while (before.Count <= place)
        {
            before.Add([]);
            after.Add([]);
        }
    }

    // Each position moves to the mean of its neighbors, which avoids most crossings.
    private static void Sort(List<List<int>> ranks, List<List<int>> neighbors, bool backward)
    {
        var position = new Dictionary<int, double>();
        foreach (List<int> rank in backward ? ranks.AsEnumerable().Reverse() : ranks)
        {
            double Wanted(int place, int index)
            {
                double[] known = [.. neighbors[place].Where(position.ContainsKey).Select(one => position[one])];
                return known.Length > 0 ? known.Average() : index - ((rank.Count - 1) / 2.0);
            }

            int[] sorted = [.. rank.Select((place, index) => (place, wanted: Wanted(place, index))).OrderBy(pair => pair.wanted)
                .Select(pair => pair.place)];
            for (int i = 0; i < sorted.Length; i++)
            {
                rank[i] = sorted[i];
                position[sorted[i]] = i - ((sorted.Length - 1) / 2.0);
            }
        }
    }
}
