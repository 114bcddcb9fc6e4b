using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn;

/// <summary>
/// One array, or several for a model with several inputs or outputs: in their order, <c>[a, b]</c>, or by name,
/// <c>new() { ["image"] = a, ["size"] = b }</c>. Whatever becomes an <see cref="NDArray"/> by itself becomes this too.
/// </summary>
[CollectionBuilder(typeof(NDArrays), nameof(Create))]
public sealed partial class NDArrays : IReadOnlyList<NDArray>
{
    private readonly List<NDArray> arrays = [];
    private readonly List<string> names = [];

    /// <summary>Starts with no arrays, for an initializer that names them.</summary>
    public NDArrays()
    {
    }

    private NDArrays(NDArray array) => arrays.Add(array ?? throw new ArgumentNullException(nameof(array)));

    /// <summary>Arrays in the order of the model's inputs or outputs.</summary>
    /// <param name="arrays">The arrays.</param>
    /// <exception cref="ArgumentException">One is null.</exception>
    public static NDArrays Create(ReadOnlySpan<NDArray> arrays)
    {
        var result = new NDArrays();
        foreach (NDArray array in arrays)
        {
            result.arrays.Add(array ?? throw new ArgumentException($"The array at index {result.Count} is null.", nameof(arrays)));
        }

        return result;
    }

    /// <summary>How many arrays there are.</summary>
    public int Count => arrays.Count;

    /// <summary>The names in the order they were given; none where the arrays stand in the model's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The array at a place.</summary>
    /// <param name="index">From 0.</param>
    public NDArray this[int index] => arrays[index];

    /// <summary>The array of an input or output of this name.</summary>
    /// <param name="name">The model's name for it.</param>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    /// <exception cref="InvalidOperationException">Set although the arrays stand in order, without names.</exception>
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
                throw new InvalidOperationException("These arrays stand in order, without names; none can be set by name.");
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

    /// <summary>The arrays' shapes and types.</summary>
    public override string ToString() => names.Count > 0
        ? $"{{{string.Join(", ", names.Zip(arrays, (name, array) => $"{name}: {array}"))}}}"
        : $"[{string.Join(", ", arrays)}]";
}
