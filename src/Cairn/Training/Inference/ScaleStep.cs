using System.Numerics;

namespace Cairn.Training.Inference;

/// <summary>
/// Normalization of each column by known statistics: <c>BatchNormalization</c> in inference (<c>x · scale + shift</c>), and
/// <c>Normalization</c> (<c>(x - mean) / deviation</c>).
/// </summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes; the same to overwrite it.</param>
/// <param name="positions">Last axes per row.</param>
/// <param name="columns">Length of the last axis.</param>
/// <param name="weights">The indices of mean, variance, gamma and beta; -1 for none.</param>
/// <param name="epsilon">Added to the variance; null for <c>Normalization</c>.</param>
internal sealed unsafe class ScaleStep(
    int input, int output, int positions, int columns, (int Mean, int Variance, int Gamma, int Beta) weights, float? epsilon)
    : RowStep([input], output)
{
    private const float LeastDeviation = 1e-7f;

    public override int Room => 2 * columns;

    public override void Run(in RowBlock block)
    {
        float* x = From(block), y = block.Value(Output), scale = block.Room, shift = scale + columns;
        float* mean = block.Weight(weights.Mean), variance = block.Weight(weights.Variance);
        float* gamma = block.Weight(weights.Gamma), beta = block.Weight(weights.Beta);
        int rows = block.Rows * positions;
        for (int i = 0; i < columns; i++)
        {
            if (epsilon is { } added)
            {
                scale[i] = 1 / MathF.Sqrt(variance[i] + added) * (gamma == null ? 1 : gamma[i]);
                shift[i] = (beta == null ? 0 : beta[i]) - (mean[i] * scale[i]);
            }
            else
            {
                float deviation = MathF.Sqrt(variance[i]);
                scale[i] = deviation < LeastDeviation ? LeastDeviation : deviation;
            }
        }

        for (int row = 0; row < rows; row++, x += columns, y += columns)
        {
            if (epsilon is null)
            {
                for (int i = 0; i < columns; i++)
                {
                    y[i] = (x[i] - mean[i]) / scale[i];
                }
            }
            else
            {
                ScaleRow(x, scale, shift, y, columns);
            }
        }
    }

    private static void ScaleRow(float* x, float* scale, float* shift, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Vector.FusedMultiplyAdd(
                Vector.Load(x + i), Vector.Load(scale + i), Vector.Load(shift + i))
                .Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = MathF.FusedMultiplyAdd(x[i], scale[i], shift[i]);
        }
    }
}
