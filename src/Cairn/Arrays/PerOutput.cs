using System.Collections;
using System.ComponentModel;

namespace Cairn;

/// <summary>One setting for all outputs of a model, or one for each: in the outputs' order, or by their names.</summary>
/// <typeparam name="T">The setting.</typeparam>
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

    /// <summary>How many settings there are.</summary>
    public int Count => items.Count;

    /// <summary>The outputs' names in the order they were given; none where the settings stand in the model's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The setting at a place.</summary>
    /// <param name="index">From 0.</param>
    public T this[int index] => items[index];

    /// <summary>The setting for the output of this name.</summary>
    /// <param name="name">The output's name: that of its layer.</param>
    /// <exception cref="KeyNotFoundException">There is none for this name.</exception>
    /// <exception cref="InvalidOperationException">Set although the settings stand in order, without names.</exception>
    public T this[string name]
    {
        get => names.IndexOf(name) is >= 0 and var at
            ? items[at]
            : throw new KeyNotFoundException($"There is nothing for the output '{name}'. {NearestName.Hint(name, names)}");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            if (names.Count < items.Count)
            {
                throw new InvalidOperationException("These settings stand in the order of the outputs, without names; none can be "
                    + "set by name.");
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

    /// <summary>Whether this is one setting, not a list of one.</summary>
    internal bool IsOne { get; }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The settings by output: those of names that are not given are missing.</summary>
    /// <param name="outputs">The names of the model's outputs.</param>
    /// <param name="argument">The argument that the settings were given for.</param>
    /// <exception cref="ArgumentException">They are not as many as the outputs, or for outputs that do not exist.</exception>
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
                $"{argument} holds {items.Count} settings, but the model has {outputs.Count} outputs: {string.Join(", ", outputs)}. Give "
                    + "one for each, in this order or by name.",
                argument);
        }

        return [.. items.Select(item => (true, (T?)item))];
    }
}
