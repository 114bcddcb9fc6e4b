using System.Numerics;

namespace Cairn.Training.Inference;

/// <summary>Normalization of each last axis by its own mean and variance: <c>LayerNormalization</c>.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes; the same to overwrite it.</param>
/// <param name="positions">Last axes per row.</param>
/// <param name="columns">Length of the last axis.</param>
/// <param name="gamma">The index of the factors; -1 for none.</param>
/// <param name="beta">The index of what is added; -1 for none.</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed unsafe class LayerNormStep(int input, int output, int positions, int columns, int gamma, int beta, float epsilon)
    : RowStep([input], output)
{
    public override void Run(in RowBlock block)
    {
        float* x = From(block), y = block.Value(Output), factors = block.Weight(gamma), added = block.Weight(beta);
        int rows = block.Rows * positions;
        for (int row = 0; row < rows; row++, x += columns, y += columns)
        {
            float mean = Sum(x, 0, squared: false) / columns;
            float scale = 1 / MathF.Sqrt((Sum(x, mean, squared: true) / columns) + epsilon);
            float shift = -scale * mean;
            for (int i = 0; i < columns; i++)
            {
                float normal = (x[i] * scale) + shift;
                y[i] = (normal * (factors == null ? 1 : factors[i])) + (added == null ? 0 : added[i]);
            }
        }
    }

    /// <summary>The sum of the differences to a number, or of their squares.</summary>
    private float Sum(float* x, float from, bool squared)
    {
        int lanes = Vector<float>.Count, i = 0;
        var origin = new Vector<float>(from);
        Vector<float> sums = Vector<float>.Zero;
        for (; i <= columns - lanes; i += lanes)
        {
            Vector<float> difference = Vector.Load(x + i) - origin;
            sums += squared ? difference * difference : difference;
        }

        float sum = Vector.Sum(sums);
        for (; i < columns; i++)
        {
            float difference = x[i] - from;
            sum += squared ? difference * difference : difference;
        }

        return sum;
    }
}
