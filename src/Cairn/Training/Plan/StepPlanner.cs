using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>Makes the plan of a model, if a plan is faster than its layers.</summary>
internal sealed class StepPlanner
{
    // Above it, the weights of matrices come from memory in every step.
    private const long ManyWeights = 4_000_000;

    private readonly PlanGraph graph;
    private readonly PlanValue?[] values;
    private readonly List<PlanNode> nodes = [];
    private readonly HashSet<PlanCall> done = [];
    private long weightsOfChains;

    private StepPlanner(PlanGraph graph)
    {
        this.graph = graph;
        values = new PlanValue?[graph.Calls.Aggregate(graph.Inputs.Max(), (most, call) => Math.Max(most, call.Output)) + 1];
    }

    /// <summary>Makes the plan of a built model, or returns null.</summary>
    public static StepPlan? PlanFor(Model model) =>
        StepPlan.IsOn && PlanGraph.Of(model) is { } graph ? new StepPlanner(graph).Plan() : null;

    private StepPlan? Plan()
    {
        foreach (int input in graph.Inputs)
        {
            values[input] = new PlanValue(graph.ShapeOf(input), null);
        }

        for (int i = 0; i < graph.Calls.Count; i++)
        {
            if (!done.Contains(graph.Calls[i]) && !TryAdd(i))
            {
                return null;
            }
        }

        return IsWorthwhile() && HasDistinctWeights() ? Completed() : null;
    }

    // Layers that are called as without a plan cost a little more than without, so other nodes must save something.
    private bool IsWorthwhile() => nodes.Exists(node => node.Weights.Length > 0)
        && (nodes.TrueForAll(node => node is not LayerNode) || nodes.Exists(node => node is ConvolutionNode));

    // A weight that several layers have would need the sum of their gradients.
    private bool HasDistinctWeights()
    {
        HashSet<Variable> met = [];
        return graph.Calls.All(call => call.Layer.Weights.All(met.Add));
    }

    private StepPlan? Completed()
    {
        PlanValue output = ValueOf(graph.Output);
        output.IsTensor = true;
        foreach (PlanNode node in nodes)
        {
            node.Output.NeedsSlope = node.IsTrained || node.Inputs.Any(input => input.NeedsSlope);
            foreach (PlanValue input in node.Inputs)
            {
                input.Readers++;
                input.MayHaveAnyType &= node is LayerNode or EmbeddingNode;
            }
        }

        output.Readers++;
        foreach (SameNumbersNode node in nodes.OfType<SameNumbersNode>().Reverse())
        {
            node.Inputs[0].IsTensor |= node.Output.IsTensor;
        }

        nodes.ForEach(node => node.Prepare());
        return new StepPlan(
            [.. graph.Inputs.Select(ValueOf)], [.. nodes], output, [.. graph.Layers], [.. graph.Conditions],
            weightsOfChains > ManyWeights);
    }

    private PlanValue ValueOf(int tensor) => values[tensor]!;

    private void Add(PlanNode node, PlanCall call)
    {
        nodes.Add(node);
        values[call.Output] = node.Output;
        done.Add(call);
    }

    private bool TryAdd(int index)
    {
        PlanCall call = graph.Calls[index];
        if (call.Arguments.FixedTraining != false && (TryAddChain(index) || TryAddNode(call)))
        {
            return true;
        }

        if (call.Layer.HasUserCode || call.Layer is Model)
        {
            // It may change its inputs, keep tensors or add losses.
            return false;
        }

        Add(new LayerNode([.. call.Inputs.Select(ValueOf)], graph.ShapeOf(call.Output), call.Layer, call.Arguments), call);
        return true;
    }

    /// <summary>Adds a node for as many layers on vectors as follow one another, so that random numbers are drawn in their order.</summary>
    private bool TryAddChain(int index)
    {
        PlanCall call = graph.Calls[index];
        if (!IsOfChain(call))
        {
            return false;
        }

        PlanValue input = ValueOf(call.Inputs[0]);
        var chain = new MatrixChain((int)input.Count);
        PlanCall last = call;
        for (int next = index; next < graph.Calls.Count && IsOfChain(graph.Calls[next])
            && (next == index || (graph.Calls[next].Inputs[0] == last.Output && graph.ReadersOf(last.Output) == 1))
            && chain.TryAdd(graph.Calls[next].Layer.Planned!); next++)
        {
            last = graph.Calls[next];
            done.Add(last);
        }

        weightsOfChains += chain.Weights;
        Add(chain.NodeFor(input), last);
        return true;
    }

    private bool IsOfChain(PlanCall call) => call is { Inputs: [var input], Arguments.FixedTraining: not false }
        && graph.ShapeOf(input).Rank == 1 && MatrixChain.Knows(call.Layer.Planned) && call.Layer.Weights.All(StepPlan.IsPlain);

    private bool TryAddNode(PlanCall call)
    {
        Shape shape = graph.ShapeOf(call.Output);
        if (call.Layer is Cairn.Layers.Add && call.Inputs.Length > 1 && call.Inputs.All(input => graph.ShapeOf(input).Equals(shape)))
        {
            var sum = new AddNode([.. call.Inputs.Select(ValueOf)]);
            PlanCall last = FollowingRectification(call) ?? call;
            sum.Rectifies = last != call;
            done.Add(call);
            Add(sum, last);
            return true;
        }

        if (call.Layer is Concatenate joined && (joined.Axis == -1 || joined.Axis == shape.Rank) && shape.Rank > 0)
        {
            Add(new ConcatenateNode([.. call.Inputs.Select(ValueOf)], shape), call);
            return true;
        }

        return call.Inputs is [var only] && TryAddNode(call, ValueOf(only), shape);
    }

    private bool TryAddNode(PlanCall call, PlanValue input, Shape shape)
    {
        PlanNode? node = call.Layer switch
        {
            KernelLayer { IsPlainConvolution: true } layer => ConvolutionOf(layer, input, shape),
            Pooling { Window.DataFormat: DataFormat.ChannelsLast } layer when NormalizationPass.IsOn => PoolingOf(layer, input, shape),
            GlobalPooling { DataFormat: DataFormat.ChannelsLast, IsMaximum: false } when NormalizationPass.IsOn =>
                new PoolingNode(input, shape, PooledAxes.OfAll([.. input.Shape]), isMaximum: false),
            Embedding { Vectors: { } vectors } layer when IsOfIntegers(layer, input) && StepPlan.IsPlain(vectors) =>
                new EmbeddingNode(input, shape, layer, vectors),
            Reshape => new SameNumbersNode(input, shape),
            { Planned: PlannedIdentity } => new SameNumbersNode(input, shape),
            { Planned: PlannedDropout { Rate: var rate } } => new DropoutNode(input, rate),
            { Planned: PlannedNormalization normalization } when NormalizationPass.IsOn => NormalizationOf(ref call, input, normalization),
            { Planned: PlannedActivation { Function: var function } } when function.Is("linear") => new SameNumbersNode(input, shape),
            { Planned: PlannedActivation { Function: var function } } when ActivationOperation.For(function) is { } operation =>
                new ActivationNode(input, operation),
            _ => null,
        };
        if (node is null)
        {
            return false;
        }

        Add(node, call);
        return true;
    }

    /// <summary>Batch normalization with the sum and the <c>relu</c> that follow, as residual blocks have them.</summary>
    private NormalizationNode NormalizationOf(ref PlanCall call, PlanValue input, PlannedNormalization normalization)
    {
        PlanValue? added = null;
        if (OnlyReaderOf(call) is { Layer: Cairn.Layers.Add, Inputs: [var left, var right] } sum
            && values[left == call.Output ? right : left] is { } other && other.Shape.Equals(input.Shape))
        {
            added = other;
            done.Add(call);
            call = sum;
        }

        var node = new NormalizationNode(input, added, normalization);
        if (FollowingRectification(call) is { } rectification)
        {
            done.Add(call);
            call = rectification;
            node.Rectifies = true;
        }

        return node;
    }

    private PlanCall? FollowingRectification(PlanCall call) =>
        OnlyReaderOf(call) is { Layer.Planned: PlannedActivation { Function: var function } } next && function.Is("relu") ? next : null;

    private PlanCall? OnlyReaderOf(PlanCall call) => graph.ReadersOf(call.Output) != 1 ? null
        : graph.Calls.FirstOrDefault(other => other.Inputs.Contains(call.Output) && other.Arguments.FixedTraining is null);

    private static bool IsOfIntegers(Embedding layer, PlanValue input) => layer.GetType() == typeof(Embedding) && input.Producer is null;

    private static PoolingNode? PoolingOf(Pooling layer, PlanValue input, Shape shape)
    {
        var sizes = new PooledAxes(layer.Window, [.. input.Shape]);
        return sizes.IsListed ? new PoolingNode(input, shape, sizes, layer.IsMaximum) : null;
    }

    private static ConvolutionNode? ConvolutionOf(KernelLayer layer, PlanValue input, Shape shape)
    {
        if (!layer.Weights.All(StepPlan.IsPlain) || layer.CreatePatches(input.Shape.WithBatch()) is not { } patches)
        {
            return null;
        }

        ActivationOperation? activation = patches.Rectifies ? null : ActivationOperation.For(layer.Function);
        return patches.Rectifies || activation is not null || layer.Function.Is("linear")
            ? new ConvolutionNode(input, shape, layer, patches, activation) : null;
    }
}
