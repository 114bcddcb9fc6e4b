using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>The maximum or mean of each channel over a window, channels last. Padding takes no part.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes.</param>
/// <param name="sizes">The sizes.</param>
/// <param name="isMaximum">Whether it is the maximum.</param>
internal sealed unsafe class PoolingStep(int input, int output, PooledAxes sizes, bool isMaximum) : RowStep([input], output)
{
    // Larger windows are rare, except that of a global pooling.
    private const int MostListed = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(in RowBlock block)
    {
        float* x = From(block), y = block.Value(Output);
        nint* window = stackalloc nint[MostListed];
        int listed = sizes.List(window, MostListed);
        long perSample = (long)sizes.Input[0] * sizes.Input[1] * sizes.Input[2] * sizes.Channels;
        for (int row = 0; row < block.Rows; row++, x += perSample)
        {
            for (int d = 0; d < sizes.Output[0]; d++)
            {
                for (int h = 0; h < sizes.Output[1]; h++)
                {
                    for (int w = 0; w < sizes.Output[2]; w++, y += sizes.Channels)
                    {
                        (int First, int End) depths = sizes.Reached(0, d), rows = sizes.Reached(1, h), columns = sizes.Reached(2, w);
                        if ((depths.End - depths.First) * (rows.End - rows.First) * (columns.End - columns.First) == listed)
                        {
                            PoolListed(x + sizes.PlaceOf(depths.First, rows.First, columns.First), window, listed, y);
                        }
                        else
                        {
                            Pool(x, depths, rows, columns, y);
                        }
                    }
                }
            }
        }
    }

    /// <summary>A whole window: the sum or maximum stays in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PoolListed(float* x, nint* window, int count, float* y)
    {
        int lanes = Vector<float>.Count, channels = sizes.Channels, i = 0;
        float divisor = count;
        for (; i <= channels - lanes; i += lanes)
        {
            var found = Vector.Load(x + i);
            for (int tap = 1; tap < count; tap++)
            {
                var other = Vector.Load(x + window[tap] + i);
                found = isMaximum ? Greater(found, other) : found + other;
            }

            (isMaximum ? found : found / new Vector<float>(divisor)).Store(y + i);
        }

        for (; i < channels; i++)
        {
            float found = x[i];
            for (int tap = 1; tap < count; tap++)
            {
                float other = x[window[tap] + i];
                found = !isMaximum ? found + other : other <= found || float.IsNaN(found) ? found : other;
            }

            y[i] = isMaximum ? found : found / divisor;
        }
    }

    // NaN is the greatest, as in libtorch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Greater(Vector<float> most, Vector<float> other) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(other, most) | ~Vector.Equals(most, most), most, other);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(float* x, (int First, int End) depths, (int First, int End) rows, (int First, int End) columns, float* y)
    {
        int channels = sizes.Channels;
        bool isFirst = true;
        for (int d = depths.First; d < depths.End; d++)
        {
            for (int h = rows.First; h < rows.End; h++)
            {
                float* from = x + sizes.PlaceOf(d, h, columns.First);
                for (int w = columns.First; w < columns.End; w++, from += channels)
                {
                    if (isFirst)
                    {
                        new Span<float>(from, channels).CopyTo(new Span<float>(y, channels));
                        isFirst = false;
                    }
                    else if (isMaximum)
                    {
                        Raise(from, y, channels);
                    }
                    else
                    {
                        Add(from, y, channels);
                    }
                }
            }
        }

        if (!isMaximum)
        {
            float count = (depths.End - depths.First) * (rows.End - rows.First) * (columns.End - columns.First);
            for (int i = 0; i < channels; i++)
            {
                y[i] /= count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Raise(float* x, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Greater(Vector.Load(y + i), Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] <= y[i] || float.IsNaN(y[i]) ? y[i] : x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* x, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            (Vector.Load(y + i) + Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i];
        }
    }
}
