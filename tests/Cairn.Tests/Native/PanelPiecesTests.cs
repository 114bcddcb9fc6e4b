using Cairn.Native;

namespace Cairn.Tests.Native;

public sealed unsafe class PanelPiecesTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(3, 70, 65, true)]
    [InlineData(70, 1_100, 150, false)]
    [InlineData(70, 1_100, 150, true)]
    [InlineData(130, 513, 128, false)]
    [InlineData(5, 1_025, 257, true)]
    public void Pieces_add_up_in_order(int rows, int depth, int columns, bool isTransposed)
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        var random = new Random(7);
        float[] a = Numbers(rows * depth, random), b = Numbers(depth * columns, random), bias = Numbers(columns, random);
        int stride = PanelProduct.Padded(columns), width = PanelProduct.Width;
        using var product = new AlignedMemory((long)rows * stride);
        using var room = new AlignedMemory(PanelPieces.RoomFor(depth));
        float* initial = stackalloc float[PanelPieces.Together * width];
        fixed (float* x = a, y = b)
        {
            int panels = PanelProduct.Panels(columns);
            for (int panel = 0; panel < panels; panel += PanelPieces.Together)
            {
                int first = panel * width, end = Math.Min(panels, panel + PanelPieces.Together);
                new Span<float>(initial, PanelPieces.Together * width).Clear();
                bias.AsSpan(first, Math.Min(columns, end * width) - first).CopyTo(new Span<float>(initial, columns - first));
                var operands = new PanelOperands
                {
                    A = x,
                    ARow = depth,
                    AColumn = 1,
                    Depth = depth,
                    Initial = initial,
                    C = product.First + first,
                    CRow = stride,
                };
                PanelPieces.Multiply(operands, rows, y, isTransposed ? depth : columns, columns, isTransposed, panel, end, room.First);
            }
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                // One rounding for each product and sum, as if there were no pieces.
                float sum = bias[j];
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(i * depth) + k], isTransposed ? b[(j * depth) + k] : b[(k * columns) + j], sum);
                }

                Assert.Equal(sum, product.First[(i * stride) + j]);
            }
        }
    }

    internal static float[] Numbers(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
