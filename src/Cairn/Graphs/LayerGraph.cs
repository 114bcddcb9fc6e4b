using Cairn.Layers;

namespace Cairn.Graphs;

/// <summary>The calls of layers that lead from some inputs to some outputs, in Keras' order, on which the order of layers and weights rests.</summary>
/// <remarks>
/// Keras' <c>map_graph</c>: a call stands at the length of the longest way from it to an output, a layer at that of its farthest call; what is
/// farther comes first, and what is equally far in the order of a walk from the outputs back to the inputs.
/// </remarks>
internal sealed class LayerGraph
{
    private LayerGraph(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs, IReadOnlyList<LayerCall> calls,
        IReadOnlyList<Layer> layers)
    {
        Inputs = inputs;
        Outputs = outputs;
        Calls = calls;
        Layers = layers;
    }

    public IReadOnlyList<KerasTensor> Inputs { get; }

    public IReadOnlyList<KerasTensor> Outputs { get; }

    /// <summary>All calls, those of the inputs among them; what a call needs stands before it.</summary>
    public IReadOnlyList<LayerCall> Calls { get; }

    /// <summary>All layers, each once, the inputs among them.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The number of each call among those of its layer in this graph, in the order in which they were made.</summary>
    public Dictionary<LayerCall, int> NumberCalls() =>
        Calls.OrderBy(c => c.Order).GroupBy(c => c.Layer).SelectMany(g => g.Select((call, number) => (call, number)))
        .ToDictionary(p => p.call, p => p.number);

    /// <summary>The calls of each layer, in the order in which they were made.</summary>
    public ILookup<Layer, LayerCall> CallsByLayer() => Calls.OrderBy(c => c.Order).ToLookup(c => c.Layer);

    /// <summary>Finds the graph.</summary>
    /// <exception cref="ArgumentException">An output needs an input that is not among the given ones.</exception>
    public static LayerGraph Between(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs)
    {
        (List<LayerCall> inOrder, Dictionary<Layer, int> firstSeen) = Walk(outputs);
        var calls = new Depths<LayerCall>();
        var layers = new Depths<Layer>();
        for (int i = inOrder.Count - 1; i >= 0; i--)
        {
            LayerCall call = inOrder[i];
            int depth = Math.Max(calls[call], layers[call.Layer]);
            layers[call.Layer] = depth;
            calls[call] = depth;
            foreach (KerasTensor needed in call.Inputs)
            {
                calls[needed.Producer] = Math.Max(depth + 1, calls[needed.Producer]);
            }
        }

        // Inputs that lead nowhere belong to the model nevertheless: data are given for them.
        foreach (KerasTensor unused in inputs.Where(i => !layers.Contains(i.Layer)))
        {
            calls[unused.Producer] = 0;
            layers[unused.Layer] = 0;
            firstSeen[unused.Layer] = -1;
        }

        CheckConnected(calls.Deepest(), inputs);
        return new LayerGraph(inputs, outputs, [.. calls.Deepest()], [.. layers.Deepest(l => firstSeen[l])]);
    }

    /// <summary>The calls behind some tensors, each behind those that it needs, and the order in which their layers were met.</summary>
    /// <remarks>With a stack of its own, since a graph may be deeper than the thread's.</remarks>
    private static (List<LayerCall> InOrder, Dictionary<Layer, int> FirstSeen) Walk(IReadOnlyList<KerasTensor> outputs)
    {
        var met = new HashSet<LayerCall>();
        var inOrder = new List<LayerCall>();
        var firstSeen = new Dictionary<Layer, int>();
        var path = new Stack<(LayerCall Call, int Next)>();
        foreach (KerasTensor output in outputs)
        {
            Enter(output.Producer);
            while (path.TryPop(out (LayerCall Call, int Next) at))
            {
                if (at.Next == at.Call.Inputs.Count)
                {
                    inOrder.Add(at.Call);
                    continue;
                }

                path.Push((at.Call, at.Next + 1));
                Enter(at.Call.Inputs[at.Next].Producer);
            }
        }

        return (inOrder, firstSeen);

        void Enter(LayerCall call)
        {
            if (!met.Add(call))
            {
                return;
            }

            firstSeen.TryAdd(call.Layer, firstSeen.Count);
            path.Push((call, 0));
        }
    }

    private static void CheckConnected(IEnumerable<LayerCall> calls, IReadOnlyList<KerasTensor> inputs)
    {
        HashSet<LayerCall> known = [.. inputs.Select(i => i.Producer)];
        foreach (LayerCall call in calls)
        {
            foreach (KerasTensor needed in call.Inputs.Where(i => i.Producer.Inputs.Count == 0 && !known.Contains(i.Producer)))
            {
                throw new ArgumentException(
                    $"The graph is disconnected: {call.Layer.ClassName} '{call.Layer.Name}' needs the tensor {needed}, which is not among "
                        + "the inputs "
                    + $"({string.Join(", ", inputs.Select(i => $"'{i.Layer.Name}'"))}).",
                    nameof(inputs));
            }
        }
    }

    /// <summary>How far things are from the outputs; those equally far keep the order in which they were met.</summary>
    private sealed class Depths<T>
        where T : class
    {
        private readonly Dictionary<T, int> depths = [];
        private readonly List<T> met = [];

        public int this[T item]
        {
            get => depths.GetValueOrDefault(item);
            set
            {
                if (depths.TryAdd(item, value))
                {
                    met.Add(item);
                }
                else
                {
                    depths[item] = value;
                }
            }
        }

        public bool Contains(T item) => depths.ContainsKey(item);

        public IEnumerable<T> Deepest(Func<T, int>? thenBy = null) => met.OrderByDescending(i => depths[i]).ThenBy(thenBy ?? (_ => 0));
    }
}
