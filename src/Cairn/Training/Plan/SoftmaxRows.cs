using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>Softmax of the rows of a matrix in the plan's memory.</summary>
internal static unsafe class SoftmaxRows
{
    /// <summary>Replaces a row by its softmax.</summary>
    /// <param name="x">The row, filled up to a multiple of the length of a vector.</param>
    /// <param name="count">Number of its elements.</param>
    /// <param name="padded">The length that it is filled up to.</param>
    public static void Forward(float* x, int count, int padded)
    {
        int width = Vector<float>.Count;
        new Span<float>(x + count, padded - count).Fill(float.NegativeInfinity);
        var largest = Vector.Load(x);
        for (int i = width; i < padded; i += width)
        {
            largest = Vector.Max(largest, Vector.Load(x + i));
        }

        float most = largest[0];
        for (int lane = 1; lane < width; lane++)
        {
            most = MathF.Max(most, largest[lane]);
        }

        Vector<float> sums = default;
        for (int i = 0; i < padded; i += width)
        {
            Vector<float> power = GateFunctions.Exp(Vector.Load(x + i) - new Vector<float>(most));
            power.Store(x + i);
            sums += power;
        }

        var factor = new Vector<float>(1 / Vector.Sum(sums));
        for (int i = 0; i < padded; i += width)
        {
            (Vector.Load(x + i) * factor).Store(x + i);
        }
    }

    /// <summary>Replaces the gradient of a row of the output by that of the input.</summary>
    /// <param name="y">The output.</param>
    /// <param name="slope">The gradient, filled up with zeros.</param>
    /// <param name="padded">The length of both.</param>
    public static void Backward(float* y, float* slope, int padded)
    {
        int width = Vector<float>.Count;
        Vector<float> products = default;
        for (int i = 0; i < padded; i += width)
        {
            products += Vector.Load(y + i) * Vector.Load(slope + i);
        }

        var sum = new Vector<float>(Vector.Sum(products));
        for (int i = 0; i < padded; i += width)
        {
            (Vector.Load(y + i) * (Vector.Load(slope + i) - sum)).Store(slope + i);
        }
    }
}
