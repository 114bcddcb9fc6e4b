using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cairn.Native;

namespace Cairn.Tests.Native;

public sealed unsafe class PanelProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 5)]
    [InlineData(8, 16, 16)]
    [InlineData(9, 17, 31)]
    [InlineData(13, 5, 33)]
    [InlineData(64, 100, 70)]
    public void A_product_is_the_sum_of_products_in_order(int rows, int depth, int columns)
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        float[] a = Numbers(rows * depth, 1), b = Numbers(depth * columns, 2);
        float[] product = Multiply(a, depth, 1, b, rows, depth, columns, isTransposed: false);
        float[] transposed = Multiply(Transposed(a, rows, depth), 1, rows, b, rows, depth, columns, isTransposed: false);
        float[] ofTransposed = Multiply(a, depth, 1, Transposed(b, depth, columns), rows, depth, columns, isTransposed: true);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                // One rounding for each product and sum.
                float sum = 0;
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(i * depth) + k], b[(k * columns) + j], sum);
                }

                Assert.Equal(sum, product[(i * columns) + j]);
            }
        }

        Assert.Equal(product, transposed);
        Assert.Equal(product, ofTransposed);
    }

    [Fact]
    public void Vectors_of_both_widths_give_the_same_bits()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated && Fma.IsSupported, "The processor has vectors of one width only.");
        const int Rows = 19, Depth = 50;
        float[] a = Numbers(Rows * Depth, 3), b = Numbers(Depth * 32, 4), wide = new float[Rows * 32], narrow = new float[Rows * 32];
        float[] left = new float[Depth * 16], right = new float[Depth * 16], zeros = new float[32];
        for (int k = 0; k < Depth; k++)
        {
            b.AsSpan(k * 32, 16).CopyTo(left.AsSpan(k * 16));
            b.AsSpan((k * 32) + 16, 16).CopyTo(right.AsSpan(k * 16));
        }

        fixed (float* x = a, panel = b, first = left, second = right, initial = zeros, w = wide, n = narrow)
        {
            var operands = new PanelOperands
            {
                A = x,
                ARow = Depth,
                AColumn = 1,
                Depth = Depth,
                Panel = panel,
                PanelRow = 32,
                Initial = initial,
                C = w,
                CRow = 32,
            };
            PanelTiles<WideLanes, Vector512<float>, EvenPlaces>.Multiply(operands, Rows, isHalf: false);
            PanelOperands ofLeft = operands with { Panel = first, PanelRow = 16, C = n };
            PanelTiles<SystemLanes, Vector<float>, EvenPlaces>.Multiply(ofLeft, Rows, isHalf: false);
            PanelTiles<SystemLanes, Vector<float>, EvenPlaces>.Multiply(ofLeft with { Panel = second, C = n + 16 }, Rows, isHalf: false);
        }

        Assert.Equal(wide, narrow);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_anywhere_have_the_bits_of_single_rows(bool areQuads)
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        const int Rows = 37, Depth = 50;
        int half = PanelProduct.Width / 2;
        float[] a = Numbers(4000, 5), b = Numbers(Depth * half, 6), all = new float[Rows * half], single = new float[Rows * half];
        nint[] places = [.. Enumerable.Range(0, Rows).Select(row => (nint)((row % 4 * 7) + (row / 4 * 310) + (areQuads ? 0 : row % 3)))];
        nint[] columns = [.. Enumerable.Range(0, Depth).Select(column => (nint)(column * column / 3))];
        fixed (float* x = a, panel = b, initial = new float[half], to = all, one = single)
        fixed (nint* rows = places, listed = columns)
        {
            var operands = new PanelOperands
            {
                A = x,
                Rows = rows,
                Columns = listed,
                Depth = Depth,
                Panel = panel,
                PanelRow = half,
                Initial = initial,
                C = to,
                CRow = half,
            };
            PanelProduct.MultiplyListed(operands, Rows, isHalf: true);
            for (int row = 0; row < Rows; row++)
            {
                PanelProduct.MultiplyListed(operands with { Rows = rows + row, C = one + (row * half) }, 1, isHalf: true);
            }
        }

        Assert.Equal(single, all);
    }

    private static float[] Multiply(float[] a, int aRow, int aColumn, float[] b, int rows, int depth, int columns, bool isTransposed)
    {
        int stride = PanelProduct.Padded(columns), width = PanelProduct.Width;
        float[] result = new float[rows * columns];
        float* c = (float*)NativeMemory.AllocZeroed((nuint)(rows * stride), sizeof(float));
        float* panel = (float*)NativeMemory.AllocZeroed((nuint)(depth * width), sizeof(float));
        float* initial = stackalloc float[width];
        new Span<float>(initial, width).Clear();
        fixed (float* x = a, y = b)
        {
            for (int first = 0; first < columns; first += width)
            {
                if (isTransposed)
                {
                    PanelProduct.PackTransposed(y, depth, columns, depth, first, panel);
                }
                else
                {
                    PanelProduct.Pack(y, columns, depth, columns, first, panel);
                }

                var operands = new PanelOperands
                {
                    A = x,
                    ARow = aRow,
                    AColumn = aColumn,
                    Depth = depth,
                    Panel = panel,
                    PanelRow = width,
                    Initial = initial,
                    C = c + first,
                    CRow = stride,
                };
                PanelProduct.Multiply(operands, rows, PanelProduct.IsHalf(columns, first));
            }
        }

        for (int i = 0; i < rows; i++)
        {
            new Span<float>(c + (i * stride), columns).CopyTo(result.AsSpan(i * columns));
        }

        NativeMemory.Free(c);
        NativeMemory.Free(panel);
        return result;
    }

    private static float[] Transposed(float[] x, int rows, int columns)
    {
        float[] result = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            result[((i % columns) * rows) + (i / columns)] = x[i];
        }

        return result;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
