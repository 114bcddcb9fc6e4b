using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Data;

/// <summary>
/// The columns of a table that form the arrays of a model: those of a single input or output, <c>"label"</c> or
/// <c>["width", "height"]</c>, or those of several by name, <c>new() { ["size"] = ["width", "height"], ["place"] = ["x", "y"] }</c>.
/// </summary>
[CollectionBuilder(typeof(Columns), nameof(Create))]
public sealed class Columns : IReadOnlyList<string>
{
    private readonly List<IReadOnlyList<string>> groups = [];
    private readonly List<string> names = [];

    /// <summary>Creates an empty instance, for use with a collection initializer that names the model's inputs or outputs.</summary>
    public Columns()
    {
    }

    /// <summary>Creates the columns of a single input or output.</summary>
    /// <param name="columns">Names of columns in the table.</param>
    /// <exception cref="ArgumentException">The list is empty, or a name is null.</exception>
    public static Columns Create(ReadOnlySpan<string> columns)
    {
        var result = new Columns();
        result.groups.Add(Checked(columns.ToArray(), nameof(columns)));
        return result;
    }

    /// <summary>The names of the inputs or outputs, in the order given; empty if the columns belong to the only one.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The columns of each input or output.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups => groups;

    /// <summary>The total number of columns.</summary>
    public int Count => groups.Sum(group => group.Count);

    /// <summary>The column at an index, counted over all inputs or outputs.</summary>
    /// <param name="index">Index of the column, from 0.</param>
    public string this[int index] => groups.SelectMany(group => group).ElementAt(index);

    /// <summary>The columns of the input or output with the given name.</summary>
    /// <param name="name">The name of the model's input or output.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist.</exception>
    /// <exception cref="InvalidOperationException">Set on columns that belong to the only input or output.</exception>
    public IReadOnlyList<string> this[string name]
    {
        get => names.IndexOf(name) is >= 0 and var at ? groups[at]
            : throw new KeyNotFoundException($"There are no columns for '{name}'. {NearestName.Hint(name, names)}");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            IReadOnlyList<string> columns = Checked(value, nameof(value));
            if (names.Count < groups.Count)
            {
                throw new InvalidOperationException("These columns belong to the only input or output; columns can't be added by name.");
            }

            if (names.IndexOf(name) is >= 0 and var at)
            {
                groups[at] = columns;
            }
            else
            {
                names.Add(name);
                groups.Add(columns);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => groups.SelectMany(group => group).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Converts the name of a single column.</summary>
    [return: NotNullIfNotNull(nameof(column))]
    public static implicit operator Columns?(string? column) => column is null ? null : Create([column]);

    /// <summary>Converts the names of the columns of a single input or output.</summary>
    [return: NotNullIfNotNull(nameof(columns))]
    public static implicit operator Columns?(string[]? columns) => columns is null ? null : Create(columns);

    /// <summary>Converts the names of the columns of a single input or output.</summary>
    [return: NotNullIfNotNull(nameof(columns))]
    public static implicit operator Columns?(List<string>? columns) => columns is null ? null : Create([.. columns]);

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> columns, string argument)
    {
        ArgumentNullException.ThrowIfNull(columns, argument);
        if (columns.Count == 0)
        {
            throw new ArgumentException("An input or output needs at least one column.", argument);
        }

        foreach (string column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, argument);
        }

        return columns;
    }
}
