namespace Cairn.Saving.Torch;

/// <summary>A name that a pickle asks Python for, <c>module.name</c>; here it only stands for itself.</summary>
/// <param name="Module">The module.</param>
/// <param name="Name">The name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A tuple.</summary>
/// <param name="Items">Its members.</param>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list, which grows.</summary>
internal sealed class PickleList : List<object?>;

/// <summary>A dictionary in the order of its keys.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Entries { get; } = [];

    /// <summary>The value of a string; null where there is none.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}

/// <summary>A block of numbers that tensors are views of.</summary>
/// <param name="Type">The numbers' type, one of <see cref="WeightType"/>; null for bytes whose tensors say it.</param>
/// <param name="Key">Under which name the numbers are stored.</param>
/// <param name="Count">How many there are, bytes where there is no type.</param>
internal sealed record TorchStorage(string? Type, string Key, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">The numbers.</param>
/// <param name="Type">Their type.</param>
/// <param name="Offset">The first one.</param>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Strides">How many numbers apart neighbours along each axis are.</param>
internal sealed record TorchTensor(TorchStorage Storage, string Type, long Offset, long[] Shape, long[] Strides);
