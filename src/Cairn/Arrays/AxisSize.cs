using System.Globalization;

namespace Cairn;

/// <summary>The size of an axis in a <see cref="Shape"/>: a number, or null for an unknown size, as in <c>[null, 3]</c>.</summary>
/// <remarks>It converts to and from <c>long</c>; an unknown size is <see cref="Shape.None"/> there.</remarks>
public readonly struct AxisSize : IEquatable<AxisSize>
{
    private AxisSize(long value) => Value = value;

    /// <summary>The size; <see cref="Shape.None"/> if it is unknown.</summary>
    public long Value { get; }

    /// <summary>Converts a size; null is <see cref="Shape.None"/>.</summary>
    public static implicit operator AxisSize(long? size) => new(size ?? Shape.None);

    /// <summary>Converts to the size; <see cref="Shape.None"/> if it is unknown.</summary>
    public static implicit operator long(AxisSize size) => size.Value;

    /// <summary>Whether two sizes are equal.</summary>
    public static bool operator ==(AxisSize left, AxisSize right) => left.Equals(right);

    /// <summary>Whether two sizes differ.</summary>
    public static bool operator !=(AxisSize left, AxisSize right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(AxisSize other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AxisSize other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Formats the size; <c>None</c> if it is unknown.</summary>
    public override string ToString() => Value == Shape.None ? "None" : Value.ToString(CultureInfo.InvariantCulture);
}
