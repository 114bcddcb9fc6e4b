using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.Training.Inference;

/// <summary>A function of each element, in vectors. The last elements of a row fill a part of one.</summary>
internal sealed unsafe class ElementFunction<T>(T function) : RowFunction
    where T : struct, IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Apply(float* x, float* bias, float* y, int rows, int columns)
    {
        if (bias == null)
        {
            // One long row: the ends of rows need not be treated apart.
            long count = (long)rows * columns;
            for (; count > int.MaxValue; count -= 1 << 30, x += 1 << 30, y += 1 << 30)
            {
                ApplyRow(x, null, y, 1 << 30);
            }

            ApplyRow(x, null, y, (int)count);
            return;
        }

        if (columns < Vector<float>.Count)
        {
            // Rows of less than a vector: the sums first, then vectors of several rows.
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < columns; i++)
                {
                    y[((long)row * columns) + i] = x[((long)row * columns) + i] + bias[i];
                }
            }

            Apply(y, null, y, rows, columns);
            return;
        }

        for (int row = 0; row < rows; row++, x += columns, y += columns)
        {
            ApplyRow(x, bias, y, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ApplyRow(float* x, float* bias, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            var numbers = Vector.Load(x + i);
            function.Of(bias == null ? numbers : numbers + Vector.Load(bias + i)).Store(y + i);
        }

        if (i == count)
        {
            return;
        }

        float* last = stackalloc float[lanes];
        new Span<float>(last, lanes).Clear();
        for (int k = i; k < count; k++)
        {
            last[k - i] = bias == null ? x[k] : x[k] + bias[k];
        }

        function.Of(Vector.Load(last)).Store(last);
        new Span<float>(last, count - i).CopyTo(new Span<float>(y + i, count - i));
    }
}
