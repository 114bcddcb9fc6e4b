using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Adds the product of a step's rows with a recurrent kernel to existing sums. All steps of a sequence use the same kernel, so it is packed
/// once, in reading order; libtorch would repack it at each step and wake its threads for each small product.
/// </summary>
/// <remarks>
/// Each row is computed independently and in the same order, so neither the number of rows nor the number of threads changes any bit.
/// </remarks>
internal readonly unsafe struct RecurrentProduct
{
    private readonly float* panels;
    private readonly int depth;
    private readonly int columns;

    private RecurrentProduct(float* panels, int depth, int columns)
    {
        this.panels = panels;
        this.depth = depth;
        this.columns = columns;
    }

    /// <summary>Packs a kernel. The memory belongs to the dispose scope.</summary>
    /// <param name="kernel">The kernel, <c>[rows, columns]</c>, in C order on the CPU.</param>
    /// <param name="transposed">Whether to multiply by its transpose.</param>
    public static RecurrentProduct With(Tensor kernel, bool transposed)
    {
        (int rows, int columns) = ((int)kernel.size(0), (int)kernel.size(1));
        (int depth, int width) = transposed ? (columns, rows) : (rows, columns);
        float* packed = (float*)TensorMemory.PointerTo(empty((long)PanelProduct.Panels(width) * PanelProduct.Width * depth));
        float* numbers = (float*)TensorMemory.PointerTo(kernel);
        for (int first = 0; first < width; first += PanelProduct.Width)
        {
            float* panel = packed + ((long)first * depth);
            if (transposed)
            {
                PanelProduct.PackTransposed(numbers, columns, rows, columns, first, panel);
            }
            else
            {
                PanelProduct.Pack(numbers, columns, rows, columns, first, panel);
            }
        }

        return new RecurrentProduct(packed, depth, width);
    }

    /// <summary>Adds the product of the given rows.</summary>
    /// <param name="rows">The rows, contiguous, each with as many elements as the kernel has rows.</param>
    /// <param name="sums">The sums to add to, contiguous, each with as many elements as the kernel has columns.</param>
    /// <param name="count">Number of rows.</param>
    public void Add(float* rows, float* sums, int count)
    {
        float* room = stackalloc float[PanelProduct.TileRows * PanelProduct.Width];
        for (int first = 0; first < columns; first += PanelProduct.Width)
        {
            var operands = new PanelOperands
            {
                A = rows, ARow = depth, AColumn = 1, Depth = depth, Panel = panels + ((long)first * depth), PanelRow = PanelProduct.Width,
                Initial = sums + first, InitialRow = columns, C = sums + first, CRow = columns,
            };
            if (columns - first >= PanelProduct.Width)
            {
                PanelProduct.Multiply(operands, count, isHalf: false);
                continue;
            }

            for (int left = count; left > 0; left -= PanelProduct.TileRows, operands.Skip(PanelProduct.TileRows))
            {
                AddPart(operands, columns - first, Math.Min(left, PanelProduct.TileRows), room);
            }
        }
    }

    /// <summary>Adds to sums narrower than a panel, in full rows aside.</summary>
    private static void AddPart(PanelOperands operands, int width, int tall, float* room)
    {
        float* sums = operands.C;
        nint row = operands.CRow;
        for (int i = 0; i < tall; i++)
        {
            new Span<float>(sums + (i * row), width).CopyTo(new Span<float>(room + (i * PanelProduct.Width), width));
        }

        operands.Initial = operands.C = room;
        operands.InitialRow = operands.CRow = PanelProduct.Width;
        PanelProduct.Multiply(operands, tall, PanelProduct.IsHalf(width, 0));
        for (int i = 0; i < tall; i++)
        {
            new Span<float>(room + (i * PanelProduct.Width), width).CopyTo(new Span<float>(sums + (i * row), width));
        }
    }
}
