namespace Cairn.Saving.Torch;

/// <summary>The few globals that a file of tensors may use, and the values they create.</summary>
internal static class TorchGlobals
{
    private static readonly Dictionary<string, string> Storages = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = WeightType.Float32,
        ["torch.DoubleStorage"] = WeightType.Float64,
        ["torch.HalfStorage"] = WeightType.Float16,
        ["torch.BFloat16Storage"] = WeightType.BFloat16,
        ["torch.LongStorage"] = WeightType.Int64,
        ["torch.IntStorage"] = WeightType.Int32,
        ["torch.ShortStorage"] = WeightType.Int16,
        ["torch.CharStorage"] = WeightType.Int8,
        ["torch.ByteStorage"] = WeightType.UInt8,
        ["torch.BoolStorage"] = WeightType.Bool,
    };

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["torch.float32"] = WeightType.Float32,
        ["torch.float64"] = WeightType.Float64,
        ["torch.float16"] = WeightType.Float16,
        ["torch.bfloat16"] = WeightType.BFloat16,
        ["torch.int64"] = WeightType.Int64,
        ["torch.int32"] = WeightType.Int32,
        ["torch.int16"] = WeightType.Int16,
        ["torch.int8"] = WeightType.Int8,
        ["torch.uint8"] = WeightType.UInt8,
        ["torch.bool"] = WeightType.Bool,
    };

    private static readonly string[] Functions =
    [
        "collections.OrderedDict", "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch.Size", "torch.device",
        "torch.storage.UntypedStorage",
        "torch.UntypedStorage", "torch.storage._load_from_bytes",
    ];

    /// <summary>Resolves a global, if it is one of these.</summary>
    /// <exception cref="ModelFormatException">It is another one: Python would import and run code.</exception>
    public static PickleGlobal Check(PickleGlobal name, string? fileName)
    {
        string text = name.ToString();
        if (Storages.ContainsKey(text) || Types.ContainsKey(text) || Functions.Contains(text))
        {
            return name;
        }

        string shown = ZipMembers.Shown(text);
        throw new ModelFormatException(
            $"the file uses the Python global '{shown}', which is not a tensor, number, string, list or dictionary; code in a file is "
                + "never run. "
            + "(If a whole module was saved, save its weights instead: torch.save(model.state_dict(), path).)",
            fileName, "data.pkl");
    }

    /// <summary>The storage of a persistent reference: <c>('storage', type, key, device, count)</c>.</summary>
    public static TorchStorage Storage(object? reference, string? fileName)
    {
        if (reference is not PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long count, ..] } || count < 0)
        {
            throw new ModelFormatException("a persistent reference is not a storage.", fileName, "data.pkl");
        }

        string text = type.ToString();
        bool isBytes = text.EndsWith("UntypedStorage", StringComparison.Ordinal);
        return isBytes || Storages.ContainsKey(text)
            ? new TorchStorage(isBytes ? null : Storages[text], key, count)
            : throw new ModelFormatException($"unknown storage type '{ZipMembers.Shown(text)}'.", fileName, "data.pkl");
    }

    /// <summary>The value that a global creates from arguments.</summary>
    public static object? Made(PickleGlobal? callee, object?[]? arguments, string? fileName, FileLimits limits)
    {
        if (callee is not null && arguments is not null)
        {
            switch (callee.Name)
            {
                case "OrderedDict":
                    return Dictionary(arguments) ?? throw Unfit();
                case "Size":
                    return new PickleTuple(arguments);
                case "device":
                    return arguments is [string device, ..] ? device : throw Unfit();
                case "_rebuild_parameter" or "_rebuild_parameter_with_state":
                    return arguments is [TorchTensor tensor, ..] ? tensor : throw Unfit();
                case "_rebuild_tensor" or "_rebuild_tensor_v2":
                    return arguments is [TorchStorage { Type: not null } storage, long offset, PickleTuple size, PickleTuple stride, ..]
                        ? Tensor(storage, storage.Type, offset, size, stride)
                        : throw Unfit();
                case "_rebuild_tensor_v3":
                    return arguments is [TorchStorage bytes, long start, PickleTuple sizes, PickleTuple strides, _, _,
                        PickleGlobal type, ..]
                        && Types.TryGetValue(type.ToString(), out string? known)
                            ? Tensor(bytes, known, start, sizes, strides)
                            : throw Unfit();
            }
        }

        throw Unfit();

        ModelFormatException Unfit() =>
            new($"'{(callee is null ? "a value" : ZipMembers.Shown(callee.ToString()))}' is called with invalid arguments.", fileName,
            "data.pkl");

        TorchTensor Tensor(TorchStorage storage, string type, long offset, PickleTuple size, PickleTuple stride)
        {
            if (size.Items.Length != stride.Items.Length || size.Items.Length > limits.MaximumRank
                || !size.Items.Concat(stride.Items).All(n => n is long and >= 0) || offset < 0)
            {
                throw Unfit();
            }

            return new TorchTensor(storage, type, offset, [.. size.Items.Cast<long>()], [.. stride.Items.Cast<long>()]);
        }
    }

    private static PickleDictionary? Dictionary(object?[] arguments)
    {
        var made = new PickleDictionary();
        if (arguments is [])
        {
            return made;
        }

        if (arguments is not [PickleList pairs])
        {
            return null;
        }

        foreach (object? pair in pairs)
        {
            object?[]? items = (pair as PickleTuple)?.Items ?? (pair as PickleList)?.ToArray();
            if (items is not [var key, var value])
            {
                return null;
            }

            made.Entries.Add((key, value));
        }

        return made;
    }
}
