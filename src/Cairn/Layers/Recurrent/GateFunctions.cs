using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Layers;

/// <summary>
/// Vectorized activation functions of gates. Each element is computed independently, so the vector width does not change any bit.
/// </summary>
internal static class GateFunctions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));

    /// <summary>
    /// Small arguments by the polynomial of Cephes' <c>tanhf</c>, so that small results have all their digits and 0 gives 0; the others
    /// from <c>e^(-2|x|)</c>, which does not overflow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var magnitude = Vector.Abs(x);
        Vector<float> square = x * x;
        Vector<float> series = new Vector<float>(-5.70498872745e-3f) * square;
        series = (series + new Vector<float>(2.06390887954e-2f)) * square;
        series = (series + new Vector<float>(-5.37397155531e-2f)) * square;
        series = (series + new Vector<float>(1.33314422036e-1f)) * square;
        series = (series + new Vector<float>(-3.33332819422e-1f)) * square;
        var shrunk = Vector.Exp(magnitude * -2f);
        return Vector.ConditionalSelect(
            Vector.LessThan(magnitude, new Vector<float>(0.625f)),
            x + (x * series),
            Vector.CopySign((Vector<float>.One - shrunk) / (Vector<float>.One + shrunk), x));
    }
}
