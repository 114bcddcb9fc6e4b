using Cairn.Activations;
using Cairn.Graphs;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Training.Inference;

/// <summary>Makes the plan of a model, if there is a step for each of its layers.</summary>
internal sealed class InferencePlanner
{
    // The addresses of weights and values are on the stack.
    private const int MostWeights = 1_000;

    private readonly List<RowStep> steps = [];
    private readonly List<Variable> weights = [];
    private readonly List<Func<bool>> conditions = [];
    private readonly List<Shape> shapes = [];
    private readonly List<int> origins = [];

    private InferencePlanner()
    {
    }

    /// <summary>Makes the plan of a built model, or returns null.</summary>
    public static InferencePlan? PlanFor(Model model)
    {
        if (!RowProduct.IsSupported || model.InputShapes.Any(shape =>
            shape.Rank == 0 || shape[0] != Shape.None || !shape[1..].IsFullyKnown))
        {
            return null;
        }

        var planner = new InferencePlanner();
        int[] inputs = [.. model.InputShapes.Select(planner.Add)];
        return planner.Follow(model, inputs) is { } outputs ? planner.Plan(inputs, outputs) : null;
    }

    private InferencePlan? Plan(int[] inputs, int[] outputs)
    {
        int[] distinct = [.. outputs.Select(output => origins[output]).Distinct()];
        if (weights.Count > MostWeights || shapes.Count > MostWeights || shapes.Any(shape => shape.ElementCount is 0 or > int.MaxValue / 64)
            || distinct.Length < outputs.Length || distinct.Intersect(inputs).Any())
        {
            return null;
        }

        return new InferencePlan(steps, weights, conditions, [.. shapes.Select(shape => (int)shape.ElementCount)],
            [.. inputs.Select(input => (input, shapes[input]))], [.. outputs.Select(output => (origins[output], shapes[output]))]);
    }

    /// <summary>A new value.</summary>
    /// <param name="shape">Its shape with the batch axis.</param>
    private int Add(Shape shape)
    {
        shapes.Add(shape[1..]);
        origins.Add(origins.Count);
        return shapes.Count - 1;
    }

    /// <summary>A value with the same numbers in the same memory.</summary>
    private int SameAs(int value, Shape shape)
    {
        int added = Add(shape);
        origins[added] = origins[value];
        return added;
    }

    /// <summary>Adds the steps of a layer or model.</summary>
    /// <returns>The values of its outputs; null if there are no steps for it.</returns>
    private int[]? Follow(Layer layer, int[] inputs)
    {
        if (layer.DTypePolicy.IsMixed || layer.ActivityRegularizer is not null || layer.GivesMasks)
        {
            return null;
        }

        conditions.Add(() => !layer.DTypePolicy.IsMixed);
        switch (layer)
        {
            case Sequential model:
                return FollowAll(model, inputs);
            case Functional model when model.HasFunctionOfGraph:
                return FollowGraph(model.Graph, inputs);
            case Model:
                return null;
        }

        Shape[] given = [.. inputs.Select(input => shapes[input].WithBatch())];
        Shape output;
        try
        {
            if (layer.ComputeOutputShapes(given) is not [var only] || only.Rank == 0 || !only[1..].IsFullyKnown)
            {
                return null;
            }

            output = only;
        }
        catch (ArgumentException)
        {
            return null;
        }

        return Follow(layer, inputs, output) is { } value ? [value] : null;
    }

    private int[]? FollowAll(Sequential model, int[] inputs)
    {
        Layer[] layers = [.. model.Layers];
        conditions.Add(() => model.Layers.SequenceEqual(layers));
        int[]? values = inputs;
        foreach (Layer layer in layers)
        {
            values = values is [_] ? Follow(layer, values) : null;
        }

        return values;
    }

    private int[]? FollowGraph(LayerGraph graph, int[] inputs)
    {
        var found = new Dictionary<KerasTensor, int>();
        for (int i = 0; i < inputs.Length; i++)
        {
            found.Add(graph.Inputs[i], inputs[i]);
        }

        foreach (LayerCall call in graph.Calls.Where(call => call.Inputs.Count > 0))
        {
            if (call.Arguments.FixedTraining == true || call.Arguments.Tensors.Count > 1
                || Follow(call.Layer, [.. call.Inputs.Select(input => found[input])]) is not { } values
                || values.Length != call.Outputs.Count)
            {
                return null;
            }

            for (int i = 0; i < values.Length; i++)
            {
                found[call.Outputs[i]] = values[i];
            }
        }

        return [.. graph.Outputs.Select(output => found[output])];
    }

    private int? Follow(Layer layer, int[] inputs, Shape output)
    {
        if (layer is Merge or Concatenate)
        {
            return FollowMerge(layer, inputs, output);
        }

        if (inputs is not [var input])
        {
            return null;
        }

        // Those of the last axis; a sample without axes is one number.
        Shape shape = shapes[input];
        (int positions, int columns) = shape.Rank == 0 ? (1, 1) : ((int)shape[..^1].ElementCount, (int)shape[^1]);
        switch (layer)
        {
            case Dense dense:
                return FollowDense(dense, input, output, positions, columns);
            case KernelLayer { IsPlainConvolution: true } convolution:
                return FollowConvolution(convolution, input, output);
            case Pooling { Window.DataFormat: DataFormat.ChannelsLast } pooling:
                return FollowPooling(new PooledAxes(pooling.Window, shape), pooling.IsMaximum, input, output);
            case GlobalPooling { DataFormat: DataFormat.ChannelsLast } pooling:
                return FollowPooling(PooledAxes.OfAll(shape), pooling.IsMaximum, input, output);
            case Activation activation:
                return Named(activation.Function.Name);
            case ReLU { Parameters: (null, 0, 0) }:
                return Named("relu");
            case ReLU { Parameters: (null, var slope, 0) }:
                return Apply(RowFunction.LeakyOf(slope));
            case ReLU { Parameters: ({ } most, 0, 0) }:
                return Apply(RowFunction.ClippedOf(most));
            case LeakyReLU leaky:
                return Apply(RowFunction.LeakyOf(leaky.NegativeSlope));
            case Softmax { Axis: [-1] }:
                return Named("softmax");
            case Rescaling rescaling:
                return Apply(RowFunction.ScaledOf(rescaling.Scale, rescaling.Offset));
            case BatchNormalization batch when IsLast(batch.Moving.Axis):
                return FollowBatchNormalization(batch, input, output, positions, columns);
            case Normalization { Adapted: { Axis: [var axis] } adapted } when IsLast(axis):
                return Step(input, output, to => new ScaleStep(
                    origins[input], to, positions, columns, (Weight(adapted.Mean), Weight(adapted.Variance), -1, -1), null));
            case LayerNormalization { Plain: { Axis: [var axis] } plain } when IsLast(axis):
                return Step(input, output, to => new LayerNormStep(
                    origins[input], to, positions, columns, Weight(plain.Gamma), Weight(plain.Beta), (float)plain.Epsilon));
            case Flatten flatten when flatten.DataFormat == DataFormat.ChannelsLast || shape.Rank < 2:
            case Reshape or Identity or Dropout or SpatialDropout or AlphaDropout or GaussianDropout or GaussianNoise or StochasticDepth:
                return SameAs(input, output);
            default:
                return null;
        }

        bool IsLast(int axis) => shape.Rank > 0 && (axis == -1 || axis == shape.Rank);

        int? Named(string name) =>
            RowFunction.Named(name) is { } function ? Apply(function) : name == "linear" ? SameAs(input, output) : null;

        int Apply(RowFunction function) =>
            Step(input, output, to => new FunctionStep(origins[input], to, positions, columns, function));
    }

    private int? FollowDense(Dense dense, int input, Shape output, int positions, int depth)
    {
        if (dense.Plain is not { } plain || plain.Kernel.Shape[0] != depth)
        {
            return null;
        }

        string name = plain.Activation.Name;
        var function = RowFunction.Named(name);
        if (function is null && name != "linear")
        {
            return null;
        }

        conditions.Add(() => dense.Plain is { } now && now.Kernel == plain.Kernel && now.Bias == plain.Bias);
        int to = Add(output);
        steps.Add(new ProductStep(origins[input], to, positions, depth, dense.Units, Weight(plain.Kernel), Weight(plain.Bias), function));
        return to;
    }

    private int? FollowConvolution(KernelLayer layer, int input, Shape output)
    {
        string name = layer.ActivationName;
        var function = RowFunction.Named(name);
        if ((function is null && name != "linear") || layer.CreatePatches(shapes[input].WithBatch()) is not { } patches)
        {
            return null;
        }

        (Variable kernel, Variable? bias) = layer.Plain;
        conditions.Add(() => layer.IsPlainConvolution && layer.Plain == (kernel, bias));
        return Step(input, output, to => new ConvolutionStep(
            origins[input], to, patches, Weight(kernel), Weight(bias), patches.Rectifies ? null : function));
    }

    private int FollowPooling(PooledAxes sizes, bool isMaximum, int input, Shape output) =>
        Step(input, output, to => new PoolingStep(origins[input], to, sizes, isMaximum));

    private int FollowBatchNormalization(BatchNormalization layer, int input, Shape output, int positions, int columns)
    {
        (_, Variable? gamma, Variable? beta, Variable mean, Variable variance, double epsilon) = layer.Moving;
        return Step(input, output, to => new ScaleStep(origins[input], to, positions, columns,
            (Weight(mean), Weight(variance), Weight(gamma), Weight(beta)), (float)epsilon));
    }

    private int? FollowMerge(Layer layer, int[] inputs, Shape output)
    {
        int[] from = [.. inputs.Select(input => origins[input])];
        if (layer is Concatenate concatenate)
        {
            int axes = shapes[inputs[0]].Rank;
            if (axes == 0 || (concatenate.Axis != -1 && concatenate.Axis != axes))
            {
                return null;
            }

            int[] lengths = [.. inputs.Select(input => (int)shapes[input][^1])];
            int positions = (int)shapes[inputs[0]][..^1].ElementCount, joined = Add(output);
            steps.Add(new ConcatenateStep(from, joined, positions, lengths));
            return joined;
        }

        if (!MergeStep.Knows(layer) || inputs.Any(input => !shapes[input].Equals(output[1..])))
        {
            return null;
        }

        int to = Add(output);
        steps.Add(new MergeStep(from, to, (int)output[1..].ElementCount, (Merge)layer));
        return to;
    }

    private int Step(int input, Shape output, Func<int, RowStep> create)
    {
        int to = Add(output);
        steps.Add(create(to));
        return to;
    }

    private int Weight(Variable? variable)
    {
        if (variable is null)
        {
            return -1;
        }

        int index = weights.IndexOf(variable);
        if (index < 0)
        {
            index = weights.Count;
            weights.Add(variable);
        }

        return index;
    }
}
