using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Data;

/// <summary>
/// Columns of a table that make the arrays of a model: those of its one input or output, <c>"label"</c> or <c>["width", "height"]</c>, or of
/// several by their names, <c>new() { ["size"] = ["width", "height"], ["place"] = ["x", "y"] }</c>.
/// </summary>
[CollectionBuilder(typeof(Columns), nameof(Create))]
public sealed class Columns : IReadOnlyList<string>
{
    private readonly List<IReadOnlyList<string>> groups = [];
    private readonly List<string> names = [];

    /// <summary>Starts with none, for an initializer that names the model's inputs or outputs.</summary>
    public Columns()
    {
    }

    /// <summary>The columns of one input or output.</summary>
    /// <param name="columns">Their names in the table.</param>
    /// <exception cref="ArgumentException">There are none, or one is null.</exception>
    public static Columns Create(ReadOnlySpan<string> columns)
    {
        var result = new Columns();
        result.groups.Add(Checked(columns.ToArray(), nameof(columns)));
        return result;
    }

    /// <summary>The model's inputs or outputs, in the order they were given; none where the columns are those of its only one.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The columns of each input or output.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups => groups;

    /// <summary>How many columns there are in all.</summary>
    public int Count => groups.Sum(group => group.Count);

    /// <summary>The column at a place among all.</summary>
    /// <param name="index">From 0.</param>
    public string this[int index] => groups.SelectMany(group => group).ElementAt(index);

    /// <summary>The columns of the input or output of this name.</summary>
    /// <param name="name">The model's name for it.</param>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    /// <exception cref="InvalidOperationException">Set although the columns are those of the only input or output.</exception>
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
                throw new InvalidOperationException("These columns are those of the only input or output; none can be set by name.");
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

    /// <summary>One column.</summary>
    [return: NotNullIfNotNull(nameof(column))]
    public static implicit operator Columns?(string? column) => column is null ? null : Create([column]);

    /// <summary>The columns of one input or output.</summary>
    [return: NotNullIfNotNull(nameof(columns))]
    public static implicit operator Columns?(string[]? columns) => columns is null ? null : Create(columns);

    /// <summary>The columns of one input or output.</summary>
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
