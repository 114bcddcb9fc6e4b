using System.Runtime.CompilerServices;
using Cairn.Native;

namespace Cairn.Layers;

/// <summary>The softmax of scores of attention, and its gradient, row by row.</summary>
/// <typeparam name="TLanes">The operations on vectors.</typeparam>
/// <typeparam name="TVector">The type of a vector.</typeparam>
internal static unsafe class AttentionRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Replaces a row of products by its softmax.</summary>
    /// <param name="row">The row.</param>
    /// <param name="count">Number of sources that are seen; the others get 0.</param>
    /// <param name="padded">Length of the row, a multiple of the length of a vector.</param>
    /// <param name="scale">The factor of the products, positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* row, int count, int padded, float scale)
    {
        int lanes = TLanes.Count;
        new Span<float>(row + count, padded - count).Fill(float.NegativeInfinity);
        TVector greatest = TLanes.Load(row), factor = TLanes.Create(scale);
        for (int i = lanes; i < padded; i += lanes)
        {
            greatest = TLanes.Greater(TLanes.Load(row + i), greatest);
        }

        TVector most = TLanes.Create(TLanes.Greatest(greatest)), sum = default;
        for (int i = 0; i < padded; i += lanes)
        {
            TVector power = Exponential<TLanes, TVector>.Of(TLanes.Multiply(TLanes.Subtract(TLanes.Load(row + i), most), factor));
            TLanes.Store(power, row + i);
            sum = TLanes.Add(sum, power);
        }

        factor = TLanes.Create(1 / TLanes.Sum(sum));
        for (int i = 0; i < padded; i += lanes)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(row + i), factor), row + i);
        }
    }

    /// <summary>Replaces the gradient of a row of the softmax by that of the products.</summary>
    /// <param name="shares">The row of the softmax.</param>
    /// <param name="slope">The gradient.</param>
    /// <param name="padded">Length of the rows, a multiple of the length of a vector.</param>
    /// <param name="scale">The factor of the products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* shares, float* slope, int padded, float scale)
    {
        int lanes = TLanes.Count;
        TVector sum = default;
        for (int i = 0; i < padded; i += lanes)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(shares + i), TLanes.Load(slope + i), sum);
        }

        TVector mean = TLanes.Create(TLanes.Sum(sum)), factor = TLanes.Create(scale);
        for (int i = 0; i < padded; i += lanes)
        {
            TVector apart = TLanes.Multiply(TLanes.Subtract(TLanes.Load(slope + i), mean), factor);
            TLanes.Store(TLanes.Multiply(TLanes.Load(shares + i), apart), slope + i);
        }
    }
}
