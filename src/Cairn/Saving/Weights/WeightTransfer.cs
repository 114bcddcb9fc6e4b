using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Carries weights between the variables of a model and the arrays of a file.</summary>
internal static class WeightTransfer
{
    /// <summary>A layer's weights as legacy files order them: what trains first, then the rest; those of a vocabulary are in the configuration there.</summary>
    public static IEnumerable<Variable> LegacyOrder(Layer layer) =>
        layer is IKeepsVocabulary ? [] : layer.TrainableWeights.Concat(layer.NonTrainableWeights);

    /// <summary>The variable's numbers under its path; the memory of a CPU tensor is lent, not copied.</summary>
    public static unsafe WeightData ToData(Variable variable)
    {
        using IDisposable _ = no_grad();
        Tensor plain = variable.Value.detach().to(CPU).contiguous();
        string type = ModuleType.TypeOf((long)plain.dtype)
            ?? throw new NotSupportedException($"The weight '{variable.Path}' is of type {plain.dtype}, which no file holds.");
        return WeightData.FromPointer(variable.Path, plain.shape, type, (nint)TensorMemory.PointerTo(plain), plain);
    }

    /// <summary>Puts numbers into a variable, straight from the file where the variable's memory can be reached.</summary>
    public static void Copy(WeightData data, Variable variable) => Copy([(data, variable)]);

    public static void Copy(IEnumerable<(WeightData From, Variable To)> pairs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var transfer = new ParallelTransfer();
        List<(Tensor From, Variable To)> later = [];
        foreach ((WeightData from, Variable to) in pairs)
        {
            Tensor target = to.Value;
            to.WasAssigned = true;
            if (target.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(target))
            {
                // Numbers of another type, or on another device, are changed or moved by libtorch.
                bool whole = target.dtype is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16);
                ScalarType type = !whole ? ScalarType.Float32 : target.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Int64;
                target = empty(from.Shape, type);
                later.Add((target, to));
            }

            transfer.Add(from, target);
        }

        transfer.Run();
        foreach ((Tensor from, Variable to) in later)
        {
            to.Value.copy_(from);
        }
    }

    /// <summary>What of a legacy file belongs where: layer by layer in order, as in Keras, where layers without weights do not count; or by name.</summary>
    /// <exception cref="ModelFormatException">The file's layers or shapes are not the model's, and that is not to be overlooked.</exception>
    public static List<(WeightData From, Variable To)> Match(Model model, IReadOnlyList<LayerData> saved, string path,
        WeightLoading loading)
    {
        var pairs = new List<(WeightData From, Variable To)>();
        foreach ((LayerData from, Layer to) in loading.ByName ? ByName(model, saved, loading) : InOrder(model, saved, path))
        {
            Variable[] variables = [.. LegacyOrder(to)];
            IReadOnlyList<WeightData> weights = RecurrentWeights.Fitted(to, from.Weights);
            if (weights.Count != variables.Length)
            {
                loading.Mismatch(
                    $"The layer '{to.Name}'",
                    $"the file has {weights.Count} weights for the layer '{to.Name}', which has {variables.Length}.",
                    path,
                    from.Name);
                continue;
            }

            foreach ((WeightData data, Variable variable) in weights.Zip(variables))
            {
                if (Fits(data, variable))
                {
                    pairs.Add((data, variable));
                }
                else
                {
                    loading.Mismatch($"The weight '{variable.Path}'", ShapeProblem(data, variable), path, data.Name);
                }
            }
        }

        return pairs;
    }

    public static bool Fits(WeightData data, Variable variable) => ((Shape)data.Shape).Equals(variable.Shape);

    public static string ShapeProblem(WeightData data, Variable variable) =>
        $"the shape is {(Shape)data.Shape}, the weight '{variable.Path}' has {variable.Shape}.";

    public static void CheckShapes(IEnumerable<(WeightData From, Variable To)> pairs, string path)
    {
        foreach ((WeightData from, Variable to) in pairs)
        {
            if (!Fits(from, to))
            {
                throw new ModelFormatException(ShapeProblem(from, to), path, from.Name);
            }
        }
    }

    private static IEnumerable<(LayerData, Layer)> InOrder(Model model, IReadOnlyList<LayerData> saved, string path)
    {
        Layer[] layers = [.. model.Layers.Where(l => LegacyOrder(l).Any())];
        LayerData[] filled = [.. saved.Where(l => l.Weights.Count > 0)];
        if (filled.Length != layers.Length)
        {
            throw new ModelFormatException(
                $"the file has {filled.Length} layers with weights, the model '{model.Name}' has {layers.Length}. "
                + "(LoadWeights with byName: true takes the layers whose names agree.)",
                path,
                "layer_names");
        }

        return filled.Zip(layers);
    }

    private static List<(LayerData, Layer)> ByName(Model model, IReadOnlyList<LayerData> saved, WeightLoading loading)
    {
        var layers = model.Layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        List<(LayerData, Layer)> found = [];
        foreach (LayerData from in saved)
        {
            if (layers.TryGetValue(from.Name, out Layer? to))
            {
                found.Add((from, to));
            }
        }

        if (!found.Any(pair => pair.Item1.Weights.Count > 0))
        {
            loading.Warnings.Add(
                $"No weight was loaded: no layer with weights is named alike in the file ({Some(saved.Select(l => l.Name))}) "
                + $"and in the model '{model.Name}' ({Some(model.Layers.Select(l => l.Name))}).");
        }

        return found;
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(5)) + (all.Length > 5 ? ", …" : "");
    }
}
