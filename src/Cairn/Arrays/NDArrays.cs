using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn;

/// <summary>
/// One array, or several for a model with several inputs or outputs, in order, <c>[a, b]</c>, or by name,
/// <c>new() { ["image"] = a, ["size"] = b }</c>. Converts implicitly from everything that converts to an <see cref="NDArray"/>.
/// </summary>
[CollectionBuilder(typeof(NDArrays), nameof(Create))]
public sealed partial class NDArrays : IReadOnlyList<NDArray>
{
    private readonly List<NDArray> arrays = [];
    private readonly List<string> names = [];

    /// <summary>Creates an empty collection, for a collection initializer with names.</summary>
    public NDArrays()
    {
    }

    private NDArrays(NDArray array) => arrays.Add(array ?? throw new ArgumentNullException(nameof(array)));

    /// <summary>Creates a collection of arrays in the order of the model's inputs or outputs.</summary>
    /// <param name="arrays">The arrays.</param>
    /// <exception cref="ArgumentException">An element is null.</exception>
    public static NDArrays Create(ReadOnlySpan<NDArray> arrays)
    {
        var result = new NDArrays();
        foreach (NDArray array in arrays)
        {
            result.arrays.Add(array ?? throw new ArgumentException($"The array at index {result.Count} is null.", nameof(arrays)));
        }

        return result;
    }

    /// <summary>The number of arrays.</summary>
    public int Count => arrays.Count;

    /// <summary>The names in the order given; empty if the arrays are in the model's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The array at an index.</summary>
    /// <param name="index">The zero-based index.</param>
    public NDArray this[int index] => arrays[index];

    /// <summary>The array of the input or output with this name.</summary>
    /// <param name="name">The name of the input or output.</param>
    /// <exception cref="KeyNotFoundException">There is no array with this name.</exception>
    /// <exception cref="InvalidOperationException">The arrays are given in order, without names, and can't be set by name.</exception>
    public NDArray this[string name]
    {
        get => names.IndexOf(name) is >= 0 and var at
            ? arrays[at]
            : throw new KeyNotFoundException($"There is no array named '{name}'. {NearestName.Hint(name, names)}");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(value);
            if (names.Count < arrays.Count)
            {
                throw new InvalidOperationException("These arrays are given in order, without names; they can't be set by name.");
            }

            if (names.IndexOf(name) is >= 0 and var at)
            {
                arrays[at] = value;
                return;
            }

            names.Add(name);
            arrays.Add(value);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<NDArray> GetEnumerator() => arrays.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Formats the shapes and types of the arrays.</summary>
    public override string ToString() => names.Count > 0
        ? $"{{{string.Join(", ", names.Zip(arrays, (name, array) => $"{name}: {array}"))}}}"
        : $"[{string.Join(", ", arrays)}]";
}
