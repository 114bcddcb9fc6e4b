using System.Numerics;
using System.Runtime.CompilerServices;
using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>The softmax of each row, or its logarithm.</summary>
internal sealed unsafe class SoftmaxFunction(bool isLogarithm) : RowFunction
{
    public override void Apply(float* x, float* bias, float* y, int rows, int columns)
    {
        for (int row = 0; row < rows; row++, x += columns, y += columns)
        {
            if (bias != null)
            {
                RowFunction.Identity.Apply(x, bias, y, 1, columns);
            }
            else if (x != y)
            {
                new Span<float>(x, columns).CopyTo(new Span<float>(y, columns));
            }

            Normalize(y, columns, isLogarithm);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalize(float* y, int count, bool isLogarithm)
    {
        int lanes = Vector<float>.Count, whole = count - (count % lanes);
        float greatest = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            // NaN stays.
            greatest = y[i] > greatest || float.IsNaN(y[i]) ? y[i] : greatest;
        }

        var shift = new Vector<float>(greatest);
        Vector<float> sums = Vector<float>.Zero;
        float* last = stackalloc float[lanes];
        for (int i = 0; i < whole; i += lanes)
        {
            Vector<float> shifted = Vector.Load(y + i) - shift;
            Vector<float> power = GateFunctions.Exp(shifted);
            (isLogarithm ? shifted : power).Store(y + i);
            sums += power;
        }

        if (whole < count)
        {
            // The lanes without an element get a power of 0.
            new Span<float>(last, lanes).Fill(float.NegativeInfinity);
            new Span<float>(y + whole, count - whole).CopyTo(new Span<float>(last, lanes));
            Vector<float> shifted = Vector.Load(last) - shift;
            Vector<float> power = GateFunctions.Exp(shifted);
            (isLogarithm ? shifted : power).Store(last);
            new Span<float>(last, count - whole).CopyTo(new Span<float>(y + whole, count - whole));
            power.Store(last);
            new Span<float>(last + (count - whole), lanes - (count - whole)).Clear();
            sums += Vector.Load(last);
        }

        float sum = Vector.Sum(sums);
        if (isLogarithm)
        {
            float logarithm = MathF.Log(sum);
            for (int i = 0; i < count; i++)
            {
                y[i] -= logarithm;
            }

            return;
        }

        for (int i = 0; i < whole; i += lanes)
        {
            (Vector.Load(y + i) / new Vector<float>(sum)).Store(y + i);
        }

        for (int i = whole; i < count; i++)
        {
            y[i] /= sum;
        }
    }
}
