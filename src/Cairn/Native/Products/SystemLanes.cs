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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Add(Vector<float> x, Vector<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Subtract(Vector<float> x, Vector<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Multiply(Vector<float> x, Vector<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Divide(Vector<float> x, Vector<float> y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Abs(Vector<float> x) => Vector.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> CopySign(Vector<float> magnitude, Vector<float> sign) => Vector.CopySign(magnitude, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Smaller(Vector<float> x, Vector<float> y) => Vector.MinNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Greater(Vector<float> x, Vector<float> y) => Vector.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> WhereLess(Vector<float> x, Vector<float> y, Vector<float> ifLess, Vector<float> otherwise) =>
        Vector.ConditionalSelect(Vector.LessThan(x, y), ifLess, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> WhereAtMost(Vector<float> x, Vector<float> y, Vector<float> ifAtMost, Vector<float> otherwise) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(x, y), ifAtMost, otherwise);

    // In two halves: a single factor of 2^-150 or 2^128 is no float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Scale(Vector<float> x, Vector<float> power)
    {
        Vector<int> whole = Vector.ConvertToInt32(power), half = whole >> 1;
        return x * Vector.AsVectorSingle((half + new Vector<int>(127)) << 23)
            * Vector.AsVectorSingle((whole - half + new Vector<int>(127)) << 23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasNaN(Vector<float> x) => !Vector.EqualsAll(x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector<float> x) => Vector.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(Vector<float> x)
    {
        float greatest = x[0];
        for (int lane = 1; lane < Count; lane++)
        {
            greatest = MathF.Max(greatest, x[lane]);
        }

        return greatest;
    }
}
