using System.Collections;
using System.ComponentModel;

namespace Cairn;

/// <summary>One setting for all outputs of a model, or one for each, in output order or by output name.</summary>
/// <typeparam name="T">The type of the setting.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PerOutput<T> : IReadOnlyList<T>
{
    private readonly List<T> items;
    private readonly List<string> names = [];

    private protected PerOutput(ReadOnlySpan<T> items, bool isOne = false)
    {
        this.items = [.. items];
        IsOne = isOne;
    }

    /// <summary>The number of settings.</summary>
    public int Count => items.Count;

    /// <summary>The output names in the order given; empty if the settings are in the model's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The setting at an index.</summary>
    /// <param name="index">The zero-based index.</param>
    public T this[int index] => items[index];

    /// <summary>The setting for the output of this name.</summary>
    /// <param name="name">The output name, which is the name of its layer.</param>
    /// <exception cref="KeyNotFoundException">There is no setting for this name.</exception>
    /// <exception cref="InvalidOperationException">The settings are given in order, without names, and can't be set by name.</exception>
    public T this[string name]
    {
        get => names.IndexOf(name) is >= 0 and var at
            ? items[at]
            : throw new KeyNotFoundException($"There is no setting for the output '{name}'. {NearestName.Hint(name, names)}");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            if (names.Count < items.Count)
            {
                throw new InvalidOperationException("These settings are given in output order, without names; they can't be set by name.");
            }

            if (names.IndexOf(name) is >= 0 and var at)
            {
                items[at] = value;
                return;
            }

            names.Add(name);
            items.Add(value);
        }
    }

    /// <summary>Whether this is a single setting, not a list with one element.</summary>
    internal bool IsOne { get; }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The settings by output; outputs that are not named have none.</summary>
    /// <param name="outputs">The names of the model's outputs.</param>
    /// <param name="argument">The argument that the settings were given for.</param>
    /// <exception cref="ArgumentException">Their number differs from the number of outputs, or an output does not exist.</exception>
    internal (bool Given, T? Value)[] For(IReadOnlyList<string> outputs, string argument)
    {
        if (names.Count > 0)
        {
            if (names.FirstOrDefault(name => !outputs.Contains(name)) is { } unknown)
            {
                throw new ArgumentException($"{argument} names the output '{unknown}', which the model does not "
                    + $"have. {NearestName.Hint(unknown, outputs)}", argument);
            }

            return [.. outputs.Select(name => names.Contains(name) ? (true, this[name]) : (false, default(T?)))];
        }

        if (items.Count != outputs.Count)
        {
            throw new ArgumentException(
                $"{argument} has {items.Count} settings, but the model has {outputs.Count} outputs: {string.Join(", ", outputs)}. Pass one "
                    + "for each, in this order or by name.",
                argument);
        }

        return [.. items.Select(item => (true, (T?)item))];
    }
}
