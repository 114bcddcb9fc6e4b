namespace Cairn.Layers;

/// <summary>A format of 8-bit floating-point numbers.</summary>
/// <param name="FractionBits">The number of stored bits of the significand.</param>
/// <param name="SmallestNormal">The smallest normal number; below it, numbers have the same distance.</param>
/// <param name="Largest">The largest finite number.</param>
internal sealed record Float8Format(int FractionBits, float SmallestNormal, float Largest)
{
    /// <summary>Four bits of exponent, three of fraction, no infinities: <c>float8_e4m3fn</c>, for inputs and weights.</summary>
    public static readonly Float8Format E4M3FN = new(3, 1f / 64, 448);

    /// <summary>Five bits of exponent, two of fraction: <c>float8_e5m2</c>, for gradients.</summary>
    public static readonly Float8Format E5M2 = new(2, 1f / 16384, 57344);
}
