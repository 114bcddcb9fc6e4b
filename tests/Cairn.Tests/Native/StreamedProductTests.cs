using Cairn.Native;

namespace Cairn.Tests.Native;

public sealed unsafe class StreamedProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 64, 70)]
    [InlineData(33, 513, 65)]
    [InlineData(64, 1_030, 150)]
    [InlineData(131, 600, 41)]
    [InlineData(256, 2_000, 9)]
    public void Sums_are_those_of_a_product_in_one_piece(int rows, int depth, int columns)
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        var random = new Random(11);
        float[] a = PanelPiecesTests.Numbers(rows * depth, random), b = PanelPiecesTests.Numbers(columns * depth, random);
        int stride = columns + 3, middle = columns / 3 / PanelProduct.TileRows * PanelProduct.TileRows;
        using var product = new AlignedMemory((long)rows * stride);
        using var room = new AlignedMemory(PanelPieces.RoomFor(Math.Max(depth, 256)));
        using var transpose = new AlignedMemory(StreamedProduct.TransposeOf(rows, columns));
        float* zeros = stackalloc float[PanelProduct.Width];
        new Span<float>(zeros, PanelProduct.Width).Clear();
        fixed (float* x = a, y = b)
        {
            // Two parts, as on two threads.
            foreach ((int first, int end) in new[] { (0, middle), (middle, columns) })
            {
                var operands = new PanelOperands { A = x, ARow = depth, Depth = depth, Initial = zeros, C = product.First, CRow = stride };
                StreamedProduct.Multiply(operands, rows, y, depth, first, end, room.First, transpose.First);
            }
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                // One rounding for each product and sum.
                float sum = 0;
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(i * depth) + k], b[(j * depth) + k], sum);
                }

                Assert.Equal(sum, product.First[(i * stride) + j]);
            }
        }
    }

    [Theory]
    [InlineData(64, 1024, 1024, true)]
    [InlineData(64, 1024, 1023, false)]
    [InlineData(15, 1024, 1024, false)]
    [InlineData(257, 1024, 1024, false)]
    [InlineData(17, 4096, 4096, false)]
    [InlineData(26, 4096, 4096, true)]
    [InlineData(64, 1 << 20, 32, false)]
    public void It_is_used_for_large_matrices_and_a_few_rows(int rows, int columns, int depth, bool isFaster) =>
        Assert.Equal(isFaster, StreamedProduct.IsFaster(rows, columns, depth));
}
