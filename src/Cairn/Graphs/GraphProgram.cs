using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Graphs;

/// <summary>A graph compiled for execution: every tensor has a numbered slot, so that a step needs no lookups.</summary>
internal sealed class GraphProgram
{
    private readonly Step[] steps;
    private readonly int[] outputs;
    private readonly int places;

    public GraphProgram(LayerGraph graph)
    {
        var place = new Dictionary<KerasTensor, int>();
        foreach (KerasTensor input in graph.Inputs)
        {
            place.Add(input, place.Count);
        }

        var list = new List<Step>();
        foreach (LayerCall call in graph.Calls.Where(c => c.Inputs.Count > 0))
        {
            foreach (KerasTensor output in call.Outputs)
            {
                place.Add(output, place.Count);
            }

            list.Add(new Step(call, [.. call.Inputs.Select(i => place[i])], [.. call.Outputs.Select(o => place[o])]));
        }

        steps = [.. list];
        outputs = [.. graph.Outputs.Select(o => place[o])];
        places = place.Count;
    }

    /// <summary>Computes the outputs for the given inputs.</summary>
    public Tensor[] Run(ReadOnlySpan<Tensor> inputs, CallContext context)
    {
        var tensors = new Tensor[places];
        inputs.CopyTo(tensors);
        foreach (Step step in steps)
        {
            bool training = context.Training;
            if (step.FixedTraining is { } other)
            {
                context.Training = other;
            }

            if (step.IsPlain)
            {
                tensors[step.Outputs[0]] = step.Call.Layer.Forward(tensors[step.Inputs[0]], context);
            }
            else
            {
                Run(step, tensors, context);
            }

            context.Training = training;
        }

        return Array.ConvertAll(outputs, o => tensors[o]);
    }

    private static void Run(Step step, Tensor[] tensors, CallContext context)
    {
        Tensor[] given = step.Call.Layer.Forward(Array.ConvertAll(step.Inputs, i => tensors[i]), step.Call.Arguments, context);
        if (given.Length != step.Outputs.Length)
        {
            throw new InvalidOperationException(
                $"{step.Call.Layer.ClassName} '{step.Call.Layer.Name}' returned {given.Length} outputs, but its ComputeOutputShapes "
                    + $"returned {step.Outputs.Length}.");
        }

        for (int i = 0; i < given.Length; i++)
        {
            tensors[step.Outputs[i]] = given[i];
        }
    }

    /// <summary>Computes the output shapes for the given input shapes.</summary>
    public Shape[] ComputeShapes(IReadOnlyList<Shape> inputShapes)
    {
        var shapes = new Shape[places];
        for (int i = 0; i < inputShapes.Count; i++)
        {
            shapes[i] = inputShapes[i];
        }

        foreach (Step step in steps)
        {
            IReadOnlyList<Shape> given =
                step.Call.Layer.ComputeOutputShapes(Array.ConvertAll(step.Inputs, i => shapes[i]), step.Call.Arguments);
            for (int i = 0; i < step.Outputs.Length; i++)
            {
                shapes[step.Outputs[i]] = given[i];
            }
        }

        return Array.ConvertAll(outputs, o => shapes[o]);
    }

    /// <summary>One call, and the slots of its inputs and outputs.</summary>
    private sealed record Step(LayerCall Call, int[] Inputs, int[] Outputs)
    {
        /// <summary>Whether the call runs in training or inference mode; null to follow the model.</summary>
        public bool? FixedTraining { get; } = Call.Arguments.FixedTraining;

        /// <summary>Whether it has one input and one output, as nearly all calls do.</summary>
        public bool IsPlain { get; } = Inputs.Length == 1 && Outputs.Length == 1 && !Call.Layer.HasSeveralOutputs;
    }
}
