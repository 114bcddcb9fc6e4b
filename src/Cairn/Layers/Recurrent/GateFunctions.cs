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

    /// <summary>Computed from <c>e^(-2|x|)</c>, which does not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var shrunk = Vector.Exp(Vector.Abs(x) * -2f);
        return Vector.CopySign((Vector<float>.One - shrunk) / (Vector<float>.One + shrunk), x);
    }
}
