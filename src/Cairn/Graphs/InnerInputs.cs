using Cairn.Layers;

namespace Cairn.Graphs;

/// <summary>A model that starts inside a graph: Keras creates new inputs and repeats the calls from there to the outputs.</summary>
internal static class InnerInputs
{
    /// <summary>The same graph with an <see cref="Input"/> for every input.</summary>
    public static (IReadOnlyList<KerasTensor> Inputs, IReadOnlyList<KerasTensor> Outputs) Replace(
        IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs)
    {
        if (inputs.All(i => i.Layer is Input))
        {
            return (inputs, outputs);
        }

        var replaced = inputs.ToDictionary(i => i, i => i.Layer is Input ? i : new Input(i.Shape[1..], BatchSize(i.Shape)).Output);
        var path = new Stack<KerasTensor>(outputs.Reverse());
        while (path.TryPop(out KerasTensor? tensor))
        {
            LayerCall call = tensor.Producer;
            if (replaced.ContainsKey(tensor))
            {
                continue;
            }

            if (call.Inputs.Count == 0)
            {
                replaced[tensor] = tensor;
                continue;
            }

            KerasTensor[] missing = [.. call.Inputs.Where(i => !replaced.ContainsKey(i))];
            if (missing.Length > 0)
            {
                path.Push(tensor);
                foreach (KerasTensor needed in missing.Reverse())
                {
                    path.Push(needed);
                }

                continue;
            }

            var again = new LayerCall(call.Layer, [.. call.Inputs.Select(i => replaced[i])], call.Arguments,
                [.. call.Outputs.Select(o => o.Shape)], [.. call.Outputs.Select(o => o.DType)]);
            foreach ((KerasTensor before, KerasTensor after) in call.Outputs.Zip(again.Outputs))
            {
                replaced.TryAdd(before, after);
            }
        }

        return ([.. inputs.Select(i => replaced[i])], [.. outputs.Select(o => replaced[o])]);
    }

    private static long? BatchSize(Shape shape) => shape[0] == Shape.None ? null : shape[0];
}
