using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Data;

/// <summary>
/// Which files, or which members of an archive, hold the arrays of a model: one, <c>"x.npy"</c>, several in the model's order,
/// <c>["left.npy", "right.npy"]</c>, or by the names of its inputs or outputs, <c>new() { ["image"] = "x.npy" }</c>.
/// </summary>
[CollectionBuilder(typeof(ArrayNames), nameof(Create))]
public sealed class ArrayNames : PerOutput<string>
{
    /// <summary>Starts with none, for an initializer that names them.</summary>
    public ArrayNames()
        : base([])
    {
    }

    private ArrayNames(ReadOnlySpan<string> names)
        : base(names)
    {
    }

    /// <summary>In the order of the model's inputs or outputs.</summary>
    /// <param name="names">Files, or members of an archive.</param>
    /// <exception cref="ArgumentException">One is null or empty.</exception>
    public static ArrayNames Create(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
        }

        return new ArrayNames(names);
    }

    /// <summary>One array.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator ArrayNames?(string? name) => name is null ? null : Create([name]);

    /// <summary>Several, in the order of the model's inputs or outputs.</summary>
    [return: NotNullIfNotNull(nameof(names))]
    public static implicit operator ArrayNames?(string[]? names) => names is null ? null : Create(names);
}
