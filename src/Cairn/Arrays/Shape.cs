using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn;

/// <summary>
/// The sizes of a tensor's axes, such as <c>(None, 64)</c>. An axis of unknown size, usually the batch, is <see cref="None"/>.
/// </summary>
/// <remarks>
/// Can be written as a collection expression: <c>new Input([28, 28, 1])</c>, or <c>[null, 3]</c> with an axis of unknown size.
/// </remarks>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public sealed class Shape : IReadOnlyList<long>, IEquatable<Shape>
{
    /// <summary>The size of an axis that is unknown until data arrives. Keras: <c>None</c>.</summary>
    public const long None = -1;

    private readonly long[] dimensions;

    private Shape(long[] dimensions) => this.dimensions = dimensions;

    /// <summary>Creates a shape with the given axis sizes.</summary>
    /// <param name="dimensions">Sizes of 0 or more, or <see cref="None"/>.</param>
    /// <exception cref="ArgumentException">A size is below zero and not <see cref="None"/>.</exception>
    public static Shape Create(ReadOnlySpan<long> dimensions)
    {
        foreach (long size in dimensions)
        {
            if (size < None)
            {
                throw new ArgumentException(
                    $"The sizes of a shape must be 0 or more, or Shape.None if unknown; got {size}.", nameof(dimensions));
            }
        }

        return new Shape(dimensions.ToArray());
    }

    /// <summary>Creates a shape from a collection expression.</summary>
    /// <param name="dimensions">Sizes of 0 or more, or null if unknown.</param>
    /// <exception cref="ArgumentException">A size is below zero and not <see cref="None"/>.</exception>
    public static Shape Of(ReadOnlySpan<AxisSize> dimensions) => Create(MemoryMarshal.Cast<AxisSize, long>(dimensions));

    /// <summary>The number of axes.</summary>
    public int Rank => dimensions.Length;

    int IReadOnlyCollection<long>.Count => dimensions.Length;

    /// <summary>The size of an axis; <c>shape[^1]</c> is the last one.</summary>
    public long this[int axis] => dimensions[axis];

    /// <summary>The axes in the given range, as a shape.</summary>
    public Shape this[Range range] => new(dimensions[range]);

    /// <summary>The number of axes, under the name required by index-from-end expressions.</summary>
    public int Length => dimensions.Length;

    /// <summary>Whether every axis has a known size.</summary>
    public bool IsFullyKnown => Array.IndexOf(dimensions, None) < 0;

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">An axis has no known size.</exception>
    public long ElementCount
    {
        get
        {
            if (!IsFullyKnown)
            {
                throw new InvalidOperationException($"The shape {this} has an axis of unknown size, so its element count is not known.");
            }

            long count = 1;
            foreach (long size in dimensions)
            {
                count = checked(count * size);
            }

            return count;
        }
    }

    /// <summary>This shape with a batch axis of the given size in front.</summary>
    public Shape WithBatch(long batch = None) => new([batch, .. dimensions]);

    /// <summary>This shape with a batch axis of unknown size instead of its first axis; a scalar's shape stays as it is.</summary>
    internal Shape OpenBatch => Rank == 0 ? this : this[1..].WithBatch();

    /// <summary>
    /// Whether a tensor of the <paramref name="other"/> shape is valid where this one is expected; an unknown size matches any size.
    /// </summary>
    public bool IsCompatibleWith(Shape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rank != Rank)
        {
            return false;
        }

        for (int axis = 0; axis < Rank; axis++)
        {
            if (dimensions[axis] != other[axis] && dimensions[axis] != None && other[axis] != None)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Formats one shape as it is, several in brackets.</summary>
    internal static string Describe(IReadOnlyList<Shape> shapes) => shapes is [var one] ? one.ToString() : $"[{string.Join(", ", shapes)}]";

    /// <summary>Returns the sizes as a new array.</summary>
    public long[] ToArray() => (long[])dimensions.Clone();

    /// <summary>Converts an array of sizes to a shape.</summary>
    public static implicit operator Shape(long[] dimensions) => Create(dimensions);

    /// <summary>Converts an array of sizes to a shape.</summary>
    public static implicit operator Shape(int[] dimensions) => Create(Array.ConvertAll(dimensions, size => (long)size));

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && dimensions.AsSpan().SequenceEqual(other.dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long size in dimensions)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes of the axes.</summary>
    public IEnumerator<AxisSize> GetEnumerator()
    {
        foreach (long size in dimensions)
        {
            yield return size;
        }
    }

    IEnumerator<long> IEnumerable<long>.GetEnumerator() => ((IEnumerable<long>)dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => dimensions.GetEnumerator();

    /// <summary>Formats the shape as a Python tuple: <c>(None, 64)</c>, <c>(10,)</c>, <c>()</c>.</summary>
    public override string ToString()
    {
        string inner = string.Join(", ", dimensions.Select(d => d == None ? "None" : d.ToString(CultureInfo.InvariantCulture)));
        return Rank == 1 ? $"({inner},)" : $"({inner})";
    }
}
