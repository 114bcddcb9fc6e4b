using System.Runtime.CompilerServices;

namespace Cairn;

/// <summary>
/// After which epochs to run validation: every N epochs, or after those of a list. Converts implicitly from a number or an array.
/// </summary>
[CollectionBuilder(typeof(ValidationFrequency), nameof(Create))]
public readonly record struct ValidationFrequency
{
    private readonly int every;
    private readonly int[]? epochs;

    private ValidationFrequency(int every, int[]? epochs)
    {
        this.every = every;
        this.epochs = epochs;
    }

    /// <summary>Validates after the listed epochs, counted from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An epoch is less than 1.</exception>
    public static ValidationFrequency Create(ReadOnlySpan<int> epochs)
    {
        foreach (int epoch in epochs)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1, nameof(epochs));
        }

        return new(0, epochs.ToArray());
    }

    /// <summary>Validates every <paramref name="every"/> epochs, 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public static implicit operator ValidationFrequency(int every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return new(every, null);
    }

    /// <summary>Validates after the listed epochs, counted from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An epoch is less than 1.</exception>
    public static implicit operator ValidationFrequency(int[] epochs) => Create(epochs);

    /// <summary>Whether both have the same number, or the same list.</summary>
    public bool Equals(ValidationFrequency other) =>
        epochs is null || other.epochs is null ? epochs == other.epochs && Math.Max(1, every) == Math.Max(1, other.every)
        : epochs.AsSpan().SequenceEqual(other.epochs);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(epochs is null ? Math.Max(1, every) : 0);
        foreach (int epoch in epochs ?? [])
        {
            hash.Add(epoch);
        }

        return hash.ToHashCode();
    }

    /// <summary>The epochs of the list, counted from 1; empty if a number was given.</summary>
    public IEnumerator<int> GetEnumerator() => (epochs ?? []).AsEnumerable().GetEnumerator();

    /// <summary>A description such as <c>every 2</c> or <c>1, 5, 10</c>.</summary>
    public override string ToString() => epochs is null ? $"every {Math.Max(1, every)}" : string.Join(", ", epochs);

    /// <summary>Whether validation runs after any epoch from one index up to, but excluding, another.</summary>
    internal bool IncludesAny(int from, int until) =>
        epochs?.Any(epoch => epoch > from && epoch <= until) ?? (until > from && until / Math.Max(1, every) > from / Math.Max(1, every));

    /// <summary>Whether validation runs after the epoch with this index, from 0.</summary>
    internal bool Includes(int epoch) => epochs is not null ? epochs.Contains(epoch + 1) : (epoch + 1) % Math.Max(1, every) == 0;
}
