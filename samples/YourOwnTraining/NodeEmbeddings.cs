using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Embeddings of the nodes of a graph: nodes that random walks visit together get similar embeddings (node2vec).</summary>
internal static class NodeEmbeddings
{
    private const int Groups = 3;
    private const int Size = 6;
    private const int Nodes = Groups * Size;

    public static double[] Run(int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(13);
        Input target = new([], dtype: "int64"), context = new([], dtype: "int64");
        var embedItem = new Embedding(Nodes, 8, name: "item_embeddings");
        KerasTensor logits = new Dot(axes: 1, normalize: false).Apply(embedItem.Apply(target), embedItem.Apply(context));
        using var model = new Functional([target, context], logits);
        draws.SetWeights(model);

        model.Compile(new Adam(0.02), Loss.BinaryCrossentropy(fromLogits: true));
        (long[] targets, long[] contexts, float[] labels) = MakePairs(MakeGraph(), 4, 8, 2, draws);
        History history = model.Fit([targets, contexts], labels, epochs: epochs, shuffle: false, verbose: 0);

        // The similarity of two nodes of a group, and of two nodes of different groups.
        var embeddings = model.GetLayer("item_embeddings").GetWeights()[0].ToTensor();
        embeddings /= embeddings.norm(1, keepdim: true);
        Tensor alike = embeddings.mm(embeddings.T);
        return [.. history["loss"], alike[2, 3].item<float>(), alike[2, 10].item<float>()];
    }

    /// <summary>Fully connected groups, with one edge from each group to the next.</summary>
    private static List<int>[] MakeGraph()
    {
        List<int>[] neighbors =
        [
            .. Enumerable.Range(0, Nodes).Select(node =>
                Enumerable.Range(0, Nodes).Where(other => other / Size == node / Size && other != node).ToList()),
        ];
        for (int group = 0; group < Groups; group++)
        {
            (int a, int b) = (group * Size, (((group + 1) * Size) + 1) % Nodes);
            neighbors[a].Add(b);
            neighbors[b].Add(a);
        }

        return neighbors;
    }

    /// <summary>Pairs of nodes within a window of a walk (label 1), each followed by one of random nodes (label 0).</summary>
    private static (long[] Targets, long[] Contexts, float[] Labels) MakePairs(
        List<int>[] neighbors, int walks, int steps, int window, Draws draws)
    {
        (List<long> targets, List<long> contexts, List<float> labels) = ([], [], []);
        for (int start = 0; start < Nodes * walks; start++)
        {
            List<int> walk = [start % Nodes];
            while (walk.Count < steps)
            {
                walk.Add(neighbors[walk[^1]][draws.Integer(neighbors[walk[^1]].Count)]);
            }

            for (int i = 0; i < steps; i++)
            {
                for (int j = Math.Max(0, i - window); j < i; j++)
                {
                    targets.AddRange([walk[i], draws.Integer(Nodes)]);
                    contexts.AddRange([walk[j], draws.Integer(Nodes)]);
                    labels.AddRange([1, 0]);
                }
            }
        }

        return ([.. targets], [.. contexts], [.. labels]);
    }
}
