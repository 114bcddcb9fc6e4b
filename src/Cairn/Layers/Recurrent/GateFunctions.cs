using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The activation functions of gates for vectors of the width that .NET chooses.</summary>
internal static class GateFunctions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => GateVectors<SystemLanes, Vector<float>>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x) => GateVectors<SystemLanes, Vector<float>>.Tanh(x);

    /// <summary><c>e^x</c>; see <see cref="Exponential{TLanes, TVector}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x) => Exponential<SystemLanes, Vector<float>>.Of(x);
}
