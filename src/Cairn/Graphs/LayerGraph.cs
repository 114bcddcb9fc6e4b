using Cairn.Layers;

namespace Cairn.Graphs;

/// <summary>
/// The layer calls between some inputs and some outputs, in Keras' order, which determines the order of layers and weights.
/// </summary>
/// <remarks>
/// Keras' <c>map_graph</c>: the depth of a call is the length of the longest path from it to an output, the depth of a layer that of its
/// deepest call. Deeper ones come first; those of equal depth are in the order of a traversal from the outputs back to the inputs.
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

    /// <summary>All calls, including those of the inputs, in topological order.</summary>
    public IReadOnlyList<LayerCall> Calls { get; }

    /// <summary>All layers, each once, including the inputs.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The index of each call among the calls of its layer in this graph, in call order.</summary>
    public Dictionary<LayerCall, int> NumberCalls() =>
        Calls.OrderBy(c => c.Order).GroupBy(c => c.Layer).SelectMany(g => g.Select((call, number) => (call, number)))
        .ToDictionary(p => p.call, p => p.number);

    /// <summary>The calls of each layer, in call order.</summary>
    public ILookup<Layer, LayerCall> CallsByLayer() => Calls.OrderBy(c => c.Order).ToLookup(c => c.Layer);

    /// <summary>Traces the graph between inputs and outputs.</summary>
    /// <exception cref="ArgumentException">An output depends on an input that is not given.</exception>
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

        // Unconnected inputs still belong to the model: they still receive data.
        foreach (KerasTensor unused in inputs.Where(i => !layers.Contains(i.Layer)))
        {
            calls[unused.Producer] = 0;
            layers[unused.Layer] = 0;
            firstSeen[unused.Layer] = -1;
        }

        CheckConnected(calls.Deepest(), inputs);
        return new LayerGraph(inputs, outputs, [.. calls.Deepest()], [.. layers.Deepest(l => firstSeen[l])]);
    }

    /// <summary>The calls that some tensors depend on, in topological order, and the order in which their layers were visited.</summary>
    /// <remarks>Uses an explicit stack, since a graph may be too deep for recursion.</remarks>
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

    /// <summary>Distances from the outputs; items at equal distance keep the order in which they were visited.</summary>
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
