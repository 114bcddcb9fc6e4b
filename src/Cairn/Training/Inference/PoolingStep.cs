using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>The maximum or mean of each channel over a window, channels last. Padding takes no part.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes.</param>
/// <param name="sizes">The sizes.</param>
/// <param name="isMaximum">Whether it is the maximum.</param>
internal sealed unsafe class PoolingStep(int input, int output, PooledAxes sizes, bool isMaximum) : RowStep([input], output)
{
    public override void Run(in RowBlock block)
    {
        float* x = From(block), y = block.Value(Output);
        long perSample = (long)sizes.Input[0] * sizes.Input[1] * sizes.Input[2] * sizes.Channels;
        for (int row = 0; row < block.Rows; row++, x += perSample)
        {
            for (int d = 0; d < sizes.Output[0]; d++)
            {
                for (int h = 0; h < sizes.Output[1]; h++)
                {
                    for (int w = 0; w < sizes.Output[2]; w++, y += sizes.Channels)
                    {
                        Pool(x, sizes.Reached(0, d), sizes.Reached(1, h), sizes.Reached(2, w), y);
                    }
                }
            }
        }
    }

    private void Pool(float* x, (int First, int End) depths, (int First, int End) rows, (int First, int End) columns, float* y)
    {
        int channels = sizes.Channels;
        bool isFirst = true;
        for (int d = depths.First; d < depths.End; d++)
        {
            for (int h = rows.First; h < rows.End; h++)
            {
                float* from = x + ((((((long)d * sizes.Input[1]) + h) * sizes.Input[2]) + columns.First) * channels);
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

    // NaN is the greatest, as in libtorch.
    private static void Raise(float* x, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Vector<float> other = Vector.Load(x + i), most = Vector.Load(y + i);
            Vector.ConditionalSelect(Vector.LessThanOrEqual(other, most) | ~Vector.Equals(most, most), most, other).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] <= y[i] || float.IsNaN(y[i]) ? y[i] : x[i];
        }
    }

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
