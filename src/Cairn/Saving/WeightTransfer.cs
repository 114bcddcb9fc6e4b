using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Carries weights between the variables of a model and the arrays of a file.</summary>
internal static class WeightTransfer
{
    /// <summary>A layer's weights as legacy files order them: what trains first, then the rest.</summary>
    public static IEnumerable<Variable> LegacyOrder(Layer layer) => layer.TrainableWeights.Concat(layer.NonTrainableWeights);

    /// <summary>The variable's numbers under its path; the memory of a CPU tensor is lent, not copied.</summary>
    public static unsafe WeightData ToData(Variable variable)
    {
        using var _ = no_grad();
        Tensor plain = variable.Value.detach().to(CPU).contiguous();
        return WeightData.FromPointer(variable.Path, plain.shape, WeightType.Float32, (nint)TensorMemory.PointerTo(plain), plain);
    }

    public static void Copy(WeightData data, Variable variable)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor plain = empty(data.Shape, ScalarType.Float32);
        data.CopyTo(TensorMemory.SpanOf<float>(plain));
        variable.Value.copy_(plain);
    }

    /// <summary>Loads layer by layer, in order, as Keras does; layers without weights do not count.</summary>
    /// <exception cref="ModelFormatException">The file's layers or shapes are not the model's; then no weight is changed.</exception>
    public static void Load(Model model, IReadOnlyList<LayerData> saved, string path)
    {
        model.EnsureBuilt();
        Layer[] layers = [.. model.Layers.Where(l => l.Weights.Count > 0)];
        LayerData[] filled = [.. saved.Where(l => l.Weights.Count > 0)];
        if (filled.Length != layers.Length)
        {
            throw new ModelFormatException(
                $"the file has {filled.Length} layers with weights, the model '{model.Name}' has {layers.Length}.", path, "layer_names");
        }

        var pairs = new List<(WeightData From, Variable To)>();
        for (int i = 0; i < layers.Length; i++)
        {
            Variable[] variables = [.. LegacyOrder(layers[i])];
            if (filled[i].Weights.Count != variables.Length)
            {
                throw new ModelFormatException(
                    $"the file has {filled[i].Weights.Count} weights for the layer '{layers[i].Name}', which has {variables.Length}.", path, filled[i].Name);
            }

            for (int k = 0; k < variables.Length; k++) pairs.Add((filled[i].Weights[k], variables[k]));
        }

        CheckShapes(pairs, path);
        foreach ((WeightData from, Variable to) in pairs) Copy(from, to);
    }

    public static void CheckShapes(IEnumerable<(WeightData From, Variable To)> pairs, string path)
    {
        foreach ((WeightData from, Variable to) in pairs)
        {
            if (!((Shape)from.Shape).Equals(to.Shape))
            {
                throw new ModelFormatException($"the shape is {(Shape)from.Shape}, the weight '{to.Path}' has {to.Shape}.", path, from.Name);
            }
        }
    }
}
