using Cairn.Graphs;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>The layer calls of a model and of the models in it, in the order in which they run, with numbered tensors.</summary>
internal sealed class PlanGraph
{
    private readonly List<PlanCall> calls = [];
    private readonly List<Layer> layers = [];
    private readonly List<Func<bool>> conditions = [];
    private readonly List<Shape> shapes = [];
    private readonly List<int> readers = [];

    private PlanGraph()
    {
    }

    /// <summary>The calls.</summary>
    public IReadOnlyList<PlanCall> Calls => calls;

    /// <summary>All layers and models.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>What is true as long as the graph is that of the model.</summary>
    public IReadOnlyList<Func<bool>> Conditions => conditions;

    /// <summary>The numbers of the inputs.</summary>
    public int[] Inputs { get; private set; } = [];

    /// <summary>The number of the output.</summary>
    public int Output { get; private set; }

    /// <summary>Reads the graph of a built model with one output; returns null if it has none, or sizes are unknown.</summary>
    public static PlanGraph? Of(Model model)
    {
        if (model is not Sequential && model.GetType() != typeof(Functional))
        {
            return null;
        }

        if (model.InputShapes.Any(shape => shape.Rank < 2 || !shape[1..].IsFullyKnown))
        {
            return null;
        }

        var graph = new PlanGraph();
        graph.Inputs = [.. model.InputShapes.Select(shape => graph.Add(shape[1..]))];
        if (graph.Follow(model, CallArguments.One, graph.Inputs) is not { } output || graph.Inputs.Contains(output))
        {
            return null;
        }

        graph.Output = output;
        graph.readers[output]++;
        return graph;
    }

    /// <summary>The shape of a sample of a tensor.</summary>
    public Shape ShapeOf(int tensor) => shapes[tensor];

    /// <summary>How many inputs of calls a tensor is; the output of the model is one more.</summary>
    public int ReadersOf(int tensor) => readers[tensor];

    private static bool AreSame(IReadOnlyList<Layer> now, Layer[] before)
    {
        // A loop, since it runs in each step and must not allocate.
        for (int i = 0; i < before.Length && now.Count == before.Length; i++)
        {
            if (now[i] != before[i])
            {
                return false;
            }
        }

        return now.Count == before.Length;
    }

    private int Add(Shape shape)
    {
        shapes.Add(shape);
        readers.Add(0);
        return shapes.Count - 1;
    }

    /// <summary>Adds the calls of a layer or model.</summary>
    /// <returns>The number of its output; null if it can't be followed.</returns>
    private int? Follow(Layer layer, CallArguments arguments, int[] inputs)
    {
        if (!layer.Built || !layer.AllowsPlan || layer.GivesMasks || layer.HasSeveralOutputs || layers.Contains(layer))
        {
            return null;
        }

        layers.Add(layer);
        switch (layer)
        {
            case Sequential model when arguments.FixedTraining is null:
                return FollowAll(model, inputs);
            case Functional model when arguments.FixedTraining is null && model.HasFunctionOfGraph:
                return FollowGraph(model.Graph, inputs);
        }

        Shape[] given = [.. inputs.Select(input => shapes[input].WithBatch())];
        try
        {
            if (layer.ComputeOutputShapes(given, arguments) is not [{ Rank: > 0 } output] || !output[1..].IsFullyKnown
                || output[1..].ElementCount is 0 or > int.MaxValue)
            {
                return null;
            }

            foreach (int input in inputs)
            {
                readers[input]++;
            }

            calls.Add(new PlanCall(layer, arguments, inputs, Add(output[1..])));
            return calls[^1].Output;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private int? FollowAll(Sequential model, int[] inputs)
    {
        Layer[] inside = [.. model.Layers];
        conditions.Add(() => AreSame(model.Layers, inside));
        int? value = inputs is [var first] ? first : null;
        foreach (Layer layer in inside)
        {
            value = value is { } input ? Follow(layer, CallArguments.One, [input]) : null;
        }

        return value;
    }

    private int? FollowGraph(LayerGraph graph, int[] inputs)
    {
        if (graph.Outputs.Count != 1)
        {
            return null;
        }

        var found = new Dictionary<KerasTensor, int>();
        for (int i = 0; i < inputs.Length; i++)
        {
            found.Add(graph.Inputs[i], inputs[i]);
        }

        foreach (LayerCall call in graph.Calls.Where(call => call.Inputs.Count > 0))
        {
            if (call.Outputs.Count != 1
                || Follow(call.Layer, call.Arguments, [.. call.Inputs.Select(input => found[input])]) is not { } output)
            {
                return null;
            }

            found[call.Outputs[0]] = output;
        }

        return found[graph.Outputs[0]];
    }
}
