using System.Runtime.CompilerServices;

namespace Cairn;

/// <summary>After which epochs the validation data are measured: every so many, or after those of a list. A number or an array becomes one by itself.</summary>
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

    /// <summary>After the listed epochs, counted from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is below 1.</exception>
    public static ValidationFrequency Create(ReadOnlySpan<int> epochs)
    {
        foreach (int epoch in epochs)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1, nameof(epochs));
        }

        return new(0, epochs.ToArray());
    }

    /// <summary>After every <paramref name="every"/> epochs, 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static implicit operator ValidationFrequency(int every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return new(every, null);
    }

    /// <summary>After the listed epochs, counted from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is below 1.</exception>
    public static implicit operator ValidationFrequency(int[] epochs) => Create(epochs);

    /// <summary>Whether validation comes after the same epochs: the same number, or the same list.</summary>
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

    /// <summary>The epochs of the list, counted from 1; none where there is a number.</summary>
    public IEnumerator<int> GetEnumerator() => (epochs ?? []).AsEnumerable().GetEnumerator();

    /// <summary>Such as <c>every 2</c> or <c>1, 5, 10</c>.</summary>
    public override string ToString() => epochs is null ? $"every {Math.Max(1, every)}" : string.Join(", ", epochs);

    /// <summary>Whether the epoch with this index, from 0, is followed by a validation.</summary>
    internal bool Includes(int epoch) => epochs is not null ? epochs.Contains(epoch + 1) : (epoch + 1) % Math.Max(1, every) == 0;
}
