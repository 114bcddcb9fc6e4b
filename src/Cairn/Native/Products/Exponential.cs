using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary><c>e^x</c> of vectors in single precision, with a relative error below 2^-23 (one unit in the last place).</summary>
/// <remarks>
/// The method of Cephes' <c>expf</c>: <c>e^x = 2^n · e^r</c> with whole <c>n</c> and <c>|r| ≤ ln 2 / 2</c>, and a polynomial for
/// <c>e^r</c>. .NET's <c>Vector.Exp</c> computes in double precision. <c>e^0</c> is exactly 1, large arguments give infinity, small ones
/// subnormal numbers and then 0, NaN gives NaN. Each element is computed independently, so the vector width does not change any bit.
/// </remarks>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal static class Exponential<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // 1.5 · 2^23: the sum with a smaller number has no digits after the point.
    private const float Rounder = 12_582_912;

    // Arguments beyond them give infinity and 0 as well, and powers of two that can be scaled by.
    private const float Most = 89;
    private const float Least = -104;

    // ln 2 in two parts; the first has so few digits that its product with n is exact.
    private const float Ln2 = 0.693359375f;
    private const float Ln2Rest = -2.12194440e-4f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        x = TLanes.Greater(TLanes.Create(Least), TLanes.Smaller(TLanes.Create(Most), x));
        TVector rounder = TLanes.Create(Rounder);
        TVector power = TLanes.Subtract(TLanes.MultiplyAdd(x, TLanes.Create(1.44269504088896341f), rounder), rounder);
        TVector rest = TLanes.MultiplyAdd(power, TLanes.Create(-Ln2), x);
        rest = TLanes.MultiplyAdd(power, TLanes.Create(-Ln2Rest), rest);
        TVector series = TLanes.MultiplyAdd(TLanes.Create(1.9875691500e-4f), rest, TLanes.Create(1.3981999507e-3f));
        series = TLanes.MultiplyAdd(series, rest, TLanes.Create(8.3334519073e-3f));
        series = TLanes.MultiplyAdd(series, rest, TLanes.Create(4.1665795894e-2f));
        series = TLanes.MultiplyAdd(series, rest, TLanes.Create(1.6666665459e-1f));
        series = TLanes.MultiplyAdd(series, rest, TLanes.Create(5.0000001201e-1f));
        series = TLanes.MultiplyAdd(series, TLanes.Multiply(rest, rest), rest);
        return TLanes.Scale(TLanes.Add(series, TLanes.Create(1)), power);
    }
}
