using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Native;

/// <summary>Vectors of the width that .NET chooses: 256 bits with AVX2, 128 on ARM.</summary>
internal readonly unsafe struct SystemLanes : ILanes<Vector<float>>
{
    public static int Count => Vector<float>.Count;

    public static int TileRows => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* from) => Vector.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Create(float number) => new(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MultiplyAdd(Vector<float> x, Vector<float> y, Vector<float> sum) => Vector.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> vector, float* to) => vector.Store(to);
}
