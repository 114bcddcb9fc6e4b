using System.Numerics;
using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>Several values of the same shape merged element by element, from the first to the last.</summary>
/// <param name="inputs">The values.</param>
/// <param name="output">The value it writes.</param>
/// <param name="length">Numbers per row.</param>
/// <param name="layer">The layer: sums, products, differences or means.</param>
internal sealed unsafe class MergeStep(int[] inputs, int output, int length, Merge layer) : RowStep(inputs, output)
{
    /// <summary>Whether there is a step for the layer.</summary>
    public static bool Knows(Layer layer) => layer is Add or Multiply or Subtract or Average;

    public override void Run(in RowBlock block)
    {
        float* y = block.Value(Output);
        long count = (long)block.Rows * length;
        new ReadOnlySpan<float>(From(block), checked((int)count)).CopyTo(new Span<float>(y, (int)count));
        for (int i = 1; i < Inputs.Count; i++)
        {
            MergeInto(y, block.Value(Inputs[i]), count);
        }

        if (layer is Average)
        {
            for (long i = 0; i < count; i++)
            {
                y[i] /= Inputs.Count;
            }
        }
    }

    private void MergeInto(float* y, float* x, long count)
    {
        int lanes = Vector<float>.Count;
        long i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Of(Vector.Load(y + i), Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = Of(new Vector<float>(y[i]), new Vector<float>(x[i]))[0];
        }
    }

    private Vector<float> Of(Vector<float> left, Vector<float> right) => layer switch
    {
        Multiply => left * right,
        Subtract => left - right,
        _ => left + right,
    };
}
