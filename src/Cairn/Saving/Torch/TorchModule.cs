namespace Cairn.Saving.Torch;

/// <summary>The tensors of one PyTorch module, such as <c>features.0</c> with <c>weight</c> and <c>bias</c>.</summary>
/// <param name="Name">The module's name.</param>
/// <param name="Tensors">Its tensors, keyed by the part of the name after the last dot.</param>
internal sealed record TorchModule(string Name, Dictionary<string, WeightData> Tensors)
{
    // A counter of batches, which no layer needs.
    private const string Counter = "num_batches_tracked";

    /// <summary>The modules of a file in order; each further layer of a recurrent module is a separate module, <c>lstm.l1</c>.</summary>
    public static IReadOnlyList<TorchModule> Of(IEnumerable<WeightData> weights)
    {
        List<TorchModule> modules = [];
        Dictionary<string, TorchModule> byName = new(StringComparer.Ordinal);
        foreach (WeightData weight in weights)
        {
            int dot = weight.Name.LastIndexOf('.');
            string name = dot < 0 ? "" : weight.Name[..dot];
            string tensor = weight.Name[(dot + 1)..];
            if (tensor == Counter)
            {
                continue;
            }

            (string plain, int level) = Level(tensor);
            if (level > 0)
            {
                name = $"{name}.l{level}";
            }

            if (!byName.TryGetValue(name, out TorchModule? module))
            {
                modules.Add(byName[name] = module = new TorchModule(name, new(StringComparer.Ordinal)));
            }

            module.Tensors[plain] = weight;
        }

        return modules;
    }

    // weight_ih_l1_reverse becomes weight_ih_l0_reverse of layer 1.
    private static (string Plain, int Level) Level(string tensor)
    {
        if (!(tensor.StartsWith("weight_", StringComparison.Ordinal) || tensor.StartsWith("bias_", StringComparison.Ordinal)))
        {
            return (tensor, 0);
        }

        int at = tensor.IndexOf("_l", StringComparison.Ordinal);
        int end = at + 2;
        while (at >= 0 && end < tensor.Length && char.IsAsciiDigit(tensor[end]))
        {
            end++;
        }

        return at >= 0 && int.TryParse(tensor.AsSpan(at + 2, end - at - 2), out int level) ? ($"{tensor[..at]}_l0{tensor[end..]}", level)
            : (tensor, 0);
    }
}
