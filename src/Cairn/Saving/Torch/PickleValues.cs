namespace Cairn.Saving.Torch;

/// <summary>A global that a pickle requests from Python, <c>module.name</c>; it is only represented, never imported.</summary>
/// <param name="Module">The module.</param>
/// <param name="Name">The name in the module.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A tuple.</summary>
/// <param name="Items">The items.</param>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A mutable list.</summary>
internal sealed class PickleList : List<object?>;

/// <summary>A dictionary in insertion order.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Entries { get; } = [];

    /// <summary>The value of a string key; null if there is none.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}

/// <summary>A storage: a block of numbers that tensors are views of.</summary>
/// <param name="Type">The element type, one of <see cref="WeightType"/>; null for an untyped storage, whose tensors have the type.</param>
/// <param name="Key">The key under which the numbers are stored.</param>
/// <param name="Count">The number of elements, or of bytes if untyped.</param>
internal sealed record TorchStorage(string? Type, string Key, long Count);

/// <summary>A tensor: a view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">The element type.</param>
/// <param name="Offset">The index of the first element.</param>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Strides">The distance between neighbors along each axis, in elements.</param>
internal sealed record TorchTensor(TorchStorage Storage, string Type, long Offset, long[] Shape, long[] Strides);
