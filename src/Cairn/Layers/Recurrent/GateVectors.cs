using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>
/// Vectorized activation functions of gates. Each element is computed independently, so the vector width does not change any bit.
/// </summary>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal static class GateVectors<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        TVector one = TLanes.Create(1);
        return TLanes.Divide(one, TLanes.Add(one, Exponential<TLanes, TVector>.Of(TLanes.Multiply(x, TLanes.Create(-1)))));
    }

    /// <summary>
    /// Small arguments by the polynomial of Cephes' <c>tanhf</c>, so that small results have all their digits and 0 gives 0; the others
    /// from <c>e^(-2|x|)</c>, which does not overflow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector magnitude = TLanes.Abs(x), square = TLanes.Multiply(x, x), one = TLanes.Create(1);
        TVector series = TLanes.MultiplyAdd(TLanes.Create(-5.70498872745e-3f), square, TLanes.Create(2.06390887954e-2f));
        series = TLanes.MultiplyAdd(series, square, TLanes.Create(-5.37397155531e-2f));
        series = TLanes.MultiplyAdd(series, square, TLanes.Create(1.33314422036e-1f));
        series = TLanes.MultiplyAdd(series, square, TLanes.Create(-3.33332819422e-1f));
        TVector shrunk = Exponential<TLanes, TVector>.Of(TLanes.Multiply(magnitude, TLanes.Create(-2)));
        TVector large = TLanes.CopySign(TLanes.Divide(TLanes.Subtract(one, shrunk), TLanes.Add(one, shrunk)), x);
        return TLanes.WhereLess(magnitude, TLanes.Create(0.625f), TLanes.MultiplyAdd(x, TLanes.Multiply(series, square), x), large);
    }
}
