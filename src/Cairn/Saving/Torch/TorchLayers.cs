using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Torch;

/// <summary>Loads the tensors of PyTorch modules into layers, whose weights have another layout.</summary>
/// <remarks>
/// PyTorch stores kernels as [out, in, window] instead of [window, in, out], the gates of a GRU in the order r, z, n, two biases where
/// Keras has their sum, and images with channels first, which matters where they are flattened.
/// </remarks>
internal static class TorchLayers
{
    /// <summary>Loads a file into the layers of a model.</summary>
    /// <param name="model">The built model.</param>
    /// <param name="path">The file.</param>
    /// <param name="mapping">The layer name of each module; null to match both in order.</param>
    /// <param name="loading">Whether mismatches are skipped.</param>
    /// <exception cref="ModelFormatException">The file's modules do not match the model's layers; then nothing is changed.</exception>
    public static void Load(Model model, string path, IReadOnlyDictionary<string, string>? mapping, WeightLoading loading)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        using NamedWeights saved = TorchFile.Read(path);
        List<(Tensor From, Variable To)> pairs = [];
        foreach ((TorchModule module, Layer layer, Shape? flattened) in Matched(model, TorchModule.Of(saved.Weights), mapping,
            path, loading))
        {
            try
            {
                pairs.AddRange(Converted(module, layer, flattened));
            }
            catch (TorchMismatchException exception)
            {
                loading.Mismatch($"The layer '{layer.Name}'", exception.Message, path, module.Name);
            }
        }

        foreach ((Tensor from, Variable to) in pairs)
        {
            to.Stored.copy_(from);
            to.WasAssigned = true;
        }
    }

    private static IEnumerable<(TorchModule Module, Layer Layer, Shape? Flattened)> Matched(
        Model model, IReadOnlyList<TorchModule> modules, IReadOnlyDictionary<string, string>? mapping, string path, WeightLoading loading)
    {
        List<(Layer Layer, Shape? Flattened)> layers = [.. Leaves(model)];
        if (mapping is null)
        {
            if (modules.Count != layers.Count)
            {
                throw new ModelFormatException(
                    $"the file has {modules.Count} modules ({Some(modules.Select(m => m.Name))}), the model '{model.Name}' "
                        + $"has {layers.Count} layers with weights "
                    + $"({Some(layers.Select(l => l.Layer.Name))}). Pass a mapping of modules to layers.",
                    path);
            }

            return modules.Zip(layers, (module, layer) => (module, layer.Layer, layer.Flattened));
        }

        List<(TorchModule, Layer, Shape?)> matched = [];
        foreach ((string name, string target) in mapping)
        {
            TorchModule? module = modules.FirstOrDefault(m => m.Name == name);
            int index = layers.FindIndex(l => l.Layer.Name == target);
            if (module is null || index < 0)
            {
                throw new ArgumentException(
                    module is null
                        ? $"The file has no module '{name}'. {NearestName.Hint(name, modules.Select(m => m.Name))}"
                        : $"The model '{model.Name}' has no layer '{target}' with "
                        + $"weights. {NearestName.Hint(target, layers.Select(l => l.Layer.Name))}",
                    nameof(mapping));
            }

            matched.Add((module, layers[index].Layer, layers[index].Flattened));
        }

        if (modules.FirstOrDefault(m => !mapping.ContainsKey(m.Name)) is { } left)
        {
            loading.Mismatch($"The module '{left.Name}'", "the mapping has no layer for this module of the file.", path, left.Name);
        }

        return matched;
    }

    // The layers with weights, including those of nested models, and the feature maps that were flattened just before, if any.
    private static IEnumerable<(Layer Layer, Shape? Flattened)> Leaves(Model model)
    {
        Shape? flattened = null;
        foreach (Layer layer in model.Layers)
        {
            if (layer is Model { Layers.Count: > 0 } inner)
            {
                foreach ((Layer Layer, Shape?) leaf in Leaves(inner))
                {
                    yield return leaf;
                }

                flattened = null;
            }
            else if (layer.Weights.Count > 0)
            {
                yield return (layer, flattened);
                flattened = null;
            }
            else if (layer is Flatten { InputShape: { Rank: > 2 } images } && images[1..].IsFullyKnown)
            {
                flattened = images;
            }
        }
    }

    private static IEnumerable<(Tensor, Variable)> Converted(TorchModule module, Layer layer, Shape? flattened)
    {
        var from = new TorchTensors(module, layer);
        switch (layer)
        {
            case Dense:
                Tensor kernel = from.Take("weight").transpose(0, 1);
                from.Give("kernel", flattened is { } before ? InKerasOrder(kernel, before) : kernel);
                from.GiveSame(("bias", "bias"));
                break;
            case DepthwiseConvolution:
                Tensor depthwise = from.Take("weight");
                long multiplier = from.Variable("kernel").Shape[^1];
                depthwise = depthwise.reshape([depthwise.shape[0] / multiplier, multiplier, .. depthwise.shape[2..]]);
                from.Give("kernel", WindowFirst(depthwise, 0, 1));
                from.GiveSame(("bias", "bias"));
                break;
            case TransposedConvolution or Convolution:
                from.Give("kernel", WindowFirst(from.Take("weight"), 1, 0));
                from.GiveSame(("bias", "bias"));
                break;
            case Embedding:
                from.GiveSame(("weight", "embeddings"));
                break;
            case PReLU:
                from.Give("alpha", from.Take("weight").expand(from.Variable("alpha").Shape.ToArray()));
                break;
            case BatchNormalization or LayerNormalization or GroupNormalization or RMSNormalization:
                from.GiveSame(("weight", "gamma"), ("weight", "scale"), ("bias", "beta"), ("running_mean", "moving_mean"),
                    ("running_var", "moving_variance"));
                break;
            case RNN { Cell: KernelCell cell }:
                GiveCell(from, cell, "");
                break;
            case Bidirectional { ForwardLayer.Cell: KernelCell forward, BackwardLayer.Cell: KernelCell backward }:
                GiveCell(from, forward, "");
                GiveCell(from, backward, "_reverse");
                break;
            default:
                throw new TorchMismatchException($"loading PyTorch tensors into a {layer.ClassName} is not supported.");
        }

        return from.Finish();
    }

    private static void GiveCell(TorchTensors from, KernelCell cell, string direction)
    {
        Tensor kernel = from.Take($"weight_ih_l0{direction}").transpose(0, 1);
        Tensor recurrent = from.Take($"weight_hh_l0{direction}").transpose(0, 1);
        Tensor? input = from.TryTake($"bias_ih_l0{direction}");
        Tensor? state = from.TryTake($"bias_hh_l0{direction}");
        if (cell is GRUCell)
        {
            // r, z, n become z, r, h; the recurrent bias stays separate, since it is multiplied by r.
            from.Give(cell.Kernel, SwapFirstTwo(kernel, 1));
            from.Give(cell.RecurrentKernel, SwapFirstTwo(recurrent, 1));
            if (input is not null && state is not null && cell.Bias is { } bias)
            {
                from.Give(bias, bias.Shape.Rank == 2
                    ? stack([SwapFirstTwo(input, 0), SwapFirstTwo(state, 0)])
                    : throw new TorchMismatchException("a PyTorch GRU corresponds to a GRU with resetAfter: true."));
            }
        }
        else
        {
            from.Give(cell.Kernel, kernel);
            from.Give(cell.RecurrentKernel, recurrent);
            if (input is not null && state is not null && cell.Bias is { } bias)
            {
                from.Give(bias, input.Plus(state));
            }
        }

        if (cell.Bias is not null && input is null)
        {
            throw new TorchMismatchException("the module has no bias, but the layer has one.");
        }
    }

    private static Tensor SwapFirstTwo(Tensor gates, int axis)
    {
        Tensor[] parts = gates.chunk(3, axis);
        return cat([parts[1], parts[0], parts[2]], axis);
    }

    // [.., .., window] → [window, first, second]
    private static Tensor WindowFirst(Tensor kernel, int first, int second) =>
        kernel.permute([.. Enumerable.Range(2, (int)kernel.dim() - 2).Select(axis => (long)axis), first, second]);

    // Rows in the order channels, height, width become height, width, channels.
    private static Tensor InKerasOrder(Tensor kernel, Shape images)
    {
        long[] sizes = images[1..].ToArray();
        if (sizes.Aggregate(1L, (product, size) => product * size) != kernel.shape[0])
        {
            return kernel;
        }

        int axes = sizes.Length;
        Tensor byAxis = kernel.reshape([sizes[^1], .. sizes[..^1], kernel.shape[1]]);
        return byAxis.permute([.. Enumerable.Range(1, axes - 1).Select(axis => (long)axis), 0, axes]).reshape(kernel.shape);
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(8).Select(n => $"'{ZipMembers.Shown(n)}'")) + (all.Length > 8 ? ", …" : "");
    }
}
