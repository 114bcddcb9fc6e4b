using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Transfers weights between the variables of a model and the arrays of a file.</summary>
internal static class WeightTransfer
{
    /// <summary>
    /// A layer's weights in the order of legacy files: trainable ones first, then the rest; those of a vocabulary are stored in the
    /// configuration.
    /// </summary>
    public static IEnumerable<Variable> LegacyOrder(Layer layer) =>
        layer is IKeepsVocabulary ? [] : Float8Order.ScalesFirst(
            [.. layer.TrainableWeights.Concat(layer.NonTrainableWeights)], variable => variable.Path);

    /// <summary>The variable's values under its path; the memory of a CPU tensor is borrowed, not copied.</summary>
    /// <exception cref="InvalidOperationException">The values are in another process.</exception>
    public static unsafe WeightData ToData(Variable variable)
    {
        if (variable.IsElsewhere)
        {
            throw new InvalidOperationException(
                $"'{variable.Path}' is in another process: within an epoch, the state of the optimizer is divided among the processes. "
                + "Save weights only, save at the end of an epoch, or do not divide the state (shardOptimizer: false).");
        }

        using IDisposable _ = no_grad();
        Tensor plain = variable.Stored.detach().to(CPU).contiguous();
        string type = ModuleType.TypeOf((long)plain.dtype)
            ?? throw new NotSupportedException($"The weight '{variable.Path}' has type {plain.dtype}, which no file format supports.");
        return WeightData.FromPointer(variable.Path, plain.shape, type, (nint)TensorMemory.PointerTo(plain), plain);
    }

    /// <summary>Sets the values of a variable, directly from the file if the variable's memory is accessible.</summary>
    public static void Copy(WeightData data, Variable variable) => Copy([(data, variable)]);

    public static void Copy(IEnumerable<(WeightData From, Variable To)> pairs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var transfer = new ParallelTransfer();
        List<(Tensor From, Variable To)> later = [];
        foreach ((WeightData from, Variable to) in pairs)
        {
            Tensor target = to.Stored;
            to.WasAssigned = true;
            if (target.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(target))
            {
                // Values of another type, or for another device, are converted or moved by libtorch.
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
            to.Stored.copy_(from);
        }
    }

    /// <summary>
    /// Matches the weights of a legacy file to variables: layer by layer in order, as in Keras, ignoring layers without weights; or by
    /// name.
    /// </summary>
    /// <exception cref="ModelFormatException">The layers or shapes do not match, and mismatches are not allowed.</exception>
    public static List<(WeightData From, Variable To)> Match(Model model, IReadOnlyList<LayerData> saved, string path,
        WeightLoading loading)
    {
        var pairs = new List<(WeightData From, Variable To)>();
        foreach ((LayerData from, Layer to) in loading.ByName ? ByName(model, saved, loading) : InOrder(model, saved, path))
        {
            Variable[] variables = [.. LegacyOrder(to)];
            IReadOnlyList<WeightData> weights = Float8Order.ScalesFirst(RecurrentWeights.Fitted(to, from.Weights), data => data.Name);
            if (weights.Count != variables.Length)
            {
                loading.Mismatch(
                    $"The layer '{to.Name}'",
                    $"the file has {weights.Count} weights for the layer '{to.Name}', which needs {variables.Length}.",
                    path,
                    from.Name);
                continue;
            }

            foreach ((WeightData given, Variable variable) in weights.Zip(variables))
            {
                WeightData data = Keras1Kernels.Fitted(given, variable);
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
        $"the shape is {(Shape)data.Shape}, but the weight '{variable.Path}' has {variable.Shape}.";

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
                + "(Pass byName: true to LoadWeights to match layers by name.)",
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
                $"No weight was loaded: the file ({Some(saved.Select(l => l.Name))}) "
                + $"and the model '{model.Name}' ({Some(model.Layers.Select(l => l.Name))}) have no layer with weights of the same name.");
        }

        return found;
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(5)) + (all.Length > 5 ? ", …" : "");
    }
}
