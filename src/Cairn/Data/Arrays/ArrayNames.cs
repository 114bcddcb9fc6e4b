using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Data;

/// <summary>
/// The files, or the members of an archive, that contain the arrays of a model: a single one, <c>"x.npy"</c>; several in model order,
/// <c>["left.npy", "right.npy"]</c>; or by the names of inputs or outputs, <c>new() { ["image"] = "x.npy" }</c>.
/// </summary>
[CollectionBuilder(typeof(ArrayNames), nameof(Create))]
public sealed class ArrayNames : PerOutput<string>
{
    /// <summary>Creates an empty instance, for use with a collection initializer.</summary>
    public ArrayNames()
        : base([])
    {
    }

    private ArrayNames(ReadOnlySpan<string> names)
        : base(names)
    {
    }

    /// <summary>Creates names in the order of the model's inputs or outputs.</summary>
    /// <param name="names">Files, or members of an archive.</param>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    public static ArrayNames Create(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
        }

        return new ArrayNames(names);
    }

    /// <summary>Converts the name of a single array.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator ArrayNames?(string? name) => name is null ? null : Create([name]);

    /// <summary>Converts the names of several arrays, in the order of the model's inputs or outputs.</summary>
    [return: NotNullIfNotNull(nameof(names))]
    public static implicit operator ArrayNames?(string[]? names) => names is null ? null : Create(names);
}
