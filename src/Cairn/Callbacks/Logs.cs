using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Cairn.Callbacks;

/// <summary>
/// The values passed to callbacks: an ordered map from name to value, such as <c>loss</c>, <c>accuracy</c> or <c>val_loss</c>.
/// Names are initially sorted (ordinal), as in Keras; names added later are appended.
/// </summary>
/// <remarks>
/// The logs of a batch are computed when they are first read. Read them within the hook that received them: once training has moved on,
/// reading them for the first time is an error.
/// </remarks>
public sealed class Logs : IReadOnlyDictionary<string, double>
{
    private readonly OrderedDictionary<string, double> values = new(StringComparer.Ordinal);
    private Func<IEnumerable<KeyValuePair<string, double>>>? fill;
    private bool closed;

    /// <summary>Creates logs from names and values, sorted by name.</summary>
    /// <param name="values">Names, each at most once, and their values.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public Logs(IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        AddSorted(values);
    }

    /// <summary>Creates logs that call <paramref name="fill"/> when they are first read.</summary>
    internal Logs(Func<IEnumerable<KeyValuePair<string, double>>> fill) => this.fill = fill;

    /// <summary>Creates empty logs, for the values of a custom step: <c>new() { ["loss"] = loss.item&lt;float&gt;() }</c>.</summary>
    public Logs()
    {
    }

    /// <summary>New, empty logs.</summary>
    public static Logs Empty => new();

    /// <inheritdoc/>
    public int Count => Values.Count;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Keys => Values.Keys;

    /// <summary>The values in the order of their names.</summary>
    IEnumerable<double> IReadOnlyDictionary<string, double>.Values => Values.Values;

    /// <summary>Whether the values have been computed.</summary>
    internal bool IsFilled => fill is null;

    private OrderedDictionary<string, double> Values
    {
        get
        {
            if (fill is { } compute)
            {
                if (closed)
                {
                    throw new InvalidOperationException(
                        "These batch logs have expired: nothing read them during their hook. "
                        + "Read or copy logs within the hook.");
                }

                AddSorted(compute());
                fill = null;
            }

            return values;
        }
    }

    /// <summary>The value of a name. Setting a new name appends it.</summary>
    /// <param name="key">The name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">The name does not exist; the message lists the available names.</exception>
    public double this[string key]
    {
        get => Values.TryGetValue(key, out double value)
            ? value
            : throw new KeyNotFoundException($"The logs have no '{key}'. Available names: {string.Join(", ", Keys)}.");
        set => Values[key] = value;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value) => Values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => Values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The names and values, such as <c>loss: 0.25, val_loss: 0.5</c>. Does not compute values that have not been read.</summary>
    public override string ToString() =>
        IsFilled ? string.Join(", ", values.Select(entry => $"{entry.Key}: {NumberText.Of(entry.Value)}")) : "(not read yet)";

    /// <summary>The logs shared by the callbacks of a list: a sorted copy, or this instance if it has not been read yet.</summary>
    internal Logs Share() => IsFilled ? new Logs(values) : this;

    /// <summary>Ends the period in which unread values can be computed.</summary>
    internal void Close() => closed = true;

    private void AddSorted(IEnumerable<KeyValuePair<string, double>> entries)
    {
        foreach ((string? key, double value) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!values.TryAdd(key, value))
            {
                throw new ArgumentException($"The name '{key}' occurs twice in the logs.", nameof(entries));
            }
        }
    }
}
