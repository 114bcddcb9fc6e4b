namespace Cairn.Saving.Torch;

/// <summary>Extracts the named tensors from the contents of a PyTorch file.</summary>
/// <param name="fileName">The file, for messages.</param>
/// <param name="limits">The limits to apply.</param>
/// <param name="find">Locates a storage in the file.</param>
internal sealed class TorchWeights(string? fileName, FileLimits limits, Func<TorchStorage, (WeightSource Source, long Start)> find)
{
    // The keys under which programs store the weights, beside the epoch, the optimizer and so on.
    private static readonly string[] Wrappers =
        ["state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params", "ema_state_dict"];

    private const string Parallel = "module.";

    /// <summary>The tensors of a state dictionary, or of the state dictionary inside a checkpoint.</summary>
    /// <exception cref="ModelFormatException">There is none, or a tensor does not fit its storage.</exception>
    public IReadOnlyList<WeightData> Of(object? top)
    {
        PickleDictionary dictionary = top as PickleDictionary
            ?? throw new ModelFormatException("expected a dictionary of tensors, as written by "
            + "torch.save(model.state_dict(), path).", fileName);
        List<(string Name, TorchTensor Tensor)> tensors = Tensors(dictionary);
        for (int depth = 0; tensors.Count == 0 && depth < Wrappers.Length; depth++)
        {
            tensors = dictionary.Find(Wrappers[depth]) is PickleDictionary inner ? Tensors(inner) : [];
        }

        if (tensors.Count == 0)
        {
            string keys = string.Join(", ", dictionary.Entries.Take(8).Select(e => $"'{ZipMembers.Shown(e.Key as string ?? "?")}'"));
            throw new ModelFormatException($"no dictionary of tensors was found; the file's keys are {keys}.", fileName);
        }

        // torch.nn.DataParallel prefixes all names.
        bool isParallel = tensors.TrueForAll(t => t.Name.StartsWith(Parallel, StringComparison.Ordinal));
        HashSet<string> names = new(StringComparer.Ordinal);
        List<WeightData> weights = [];
        foreach ((string name, TorchTensor tensor) in tensors)
        {
            string own = isParallel ? name[Parallel.Length..] : name;
            weights.Add(names.Add(own) ? Weight(own, tensor)
                : throw new ModelFormatException("the file has this name twice.", fileName, ZipMembers.Shown(own)));
        }

        return weights;
    }

    /// <summary>All storages used by the tensors of a value.</summary>
    public static IEnumerable<TorchStorage> StoragesOf(object? value, FileLimits limits)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object?> left = new([value]);
        Dictionary<string, TorchStorage> found = new(StringComparer.Ordinal);
        while (left.TryPop(out object? next))
        {
            if (next is null or string or long or double or bool || !seen.Add(next) || seen.Count > limits.MaximumObjects)
            {
                continue;
            }

            switch (next)
            {
                case TorchTensor tensor: found[tensor.Storage.Key] = tensor.Storage; break;
                case TorchStorage storage: found[storage.Key] = storage; break;
                case PickleTuple tuple: Push(tuple.Items); break;
                case PickleList list: Push(list); break;
                case PickleDictionary dictionary: Push(dictionary.Entries.Select(e => e.Value)); break;
            }
        }

        return found.Values;

        void Push(IEnumerable<object?> items)
        {
            foreach (object? item in items)
            {
                left.Push(item);
            }
        }
    }

    private static List<(string Name, TorchTensor Tensor)> Tensors(PickleDictionary dictionary) =>
        [.. dictionary.Entries.Where(e => e is { Key: string, Value: TorchTensor }).Select(e => ((string)e.Key!, (TorchTensor)e.Value!))];

    private WeightData Weight(string name, TorchTensor tensor)
    {
        int size = WeightType.SizeOf(tensor.Type);
        long stored = tensor.Storage.Type is null ? tensor.Storage.Count / size : tensor.Storage.Count;
        Int128 count = 1;
        Int128 last = tensor.Offset;
        for (int axis = 0; axis < tensor.Shape.Length; axis++)
        {
            count = Int128.Min(count * tensor.Shape[axis], long.MaxValue);
            last += (Int128)Math.Max(tensor.Shape[axis] - 1, 0) * tensor.Strides[axis];
        }

        string place = ZipMembers.Shown(name);
        if (count > 0 && last >= stored)
        {
            throw new ModelFormatException($"the tensor of shape {(Shape)tensor.Shape} extends beyond the {stored} elements of "
                + "its storage.", fileName, place);
        }

        if (count * size > Int128.Max(limits.MinimumReadBudget, (Int128)stored * size * limits.MaximumExpansion)
            || count * size > limits.MaximumWeightBytes)
        {
            throw new ModelFormatException($"the tensor of shape {(Shape)tensor.Shape} is too large for its storage of {stored} elements.",
                fileName, place);
        }

        (WeightSource source, long start) = count == 0 ? (null!, 0) : find(tensor.Storage);
        if (count > 0 && start + (stored * size) > source.Length)
        {
            throw new ModelFormatException($"the storage has {source.Length - start} bytes, but {stored * size} are declared.",
                fileName, place);
        }

        return count == 0 ? new WeightData(name, tensor.Shape, tensor.Type, Array.Empty<byte>())
            : IsDense(tensor) ? new WeightData(name, tensor.Shape, tensor.Type, new StoredContent(source, start + (tensor.Offset * size)))
            : new WeightData(name, tensor.Shape, tensor.Type, Gathered(tensor, source, start, (long)count, size));
    }

    private static bool IsDense(TorchTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Shape.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return false;
            }

            expected *= tensor.Shape[axis];
        }

        return true;
    }

    // A transposed or repeated view; these are rarely saved.
    private static byte[] Gathered(TorchTensor tensor, WeightSource source, long start, long count, int size)
    {
        byte[] bytes = new byte[checked(count * size)];
        long[] index = new long[tensor.Shape.Length];
        long place = tensor.Offset;
        for (long i = 0; i < count; i++)
        {
            source.Read(start + (place * size), bytes.AsSpan((int)(i * size), size));
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                place += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }

                place -= tensor.Strides[axis] * tensor.Shape[axis];
                index[axis] = 0;
            }
        }

        return bytes;
    }
}
