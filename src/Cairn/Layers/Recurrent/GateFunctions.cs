using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Layers;

/// <summary>The functions of gates on several numbers at once. Every number is computed alone, so how many there are at once changes no bit.</summary>
internal static class GateFunctions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));

    /// <summary>Of <c>e^(-2|x|)</c>, which does not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var shrunk = Vector.Exp(Vector.Abs(x) * -2f);
        return Vector.CopySign((Vector<float>.One - shrunk) / (Vector<float>.One + shrunk), x);
    }
}
