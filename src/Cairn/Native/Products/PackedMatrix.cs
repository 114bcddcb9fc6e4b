using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>
/// A kernel packed in reading order, to be multiplied by rows in parts: of a step, or of a thread. libtorch would repack it and wake its
/// threads for each of these products.
/// </summary>
/// <remarks>
/// Each row is computed independently and in the same order, so neither the number of rows nor the number of threads changes any bit.
/// </remarks>
internal readonly unsafe struct PackedMatrix
{
    private readonly float* panels;
    private readonly float* first;
    private readonly int depth;
    private readonly int columns;

    private PackedMatrix(float* panels, float* first, int depth, int columns)
    {
        this.panels = panels;
        this.first = first;
        this.depth = depth;
        this.columns = columns;
    }

    /// <summary>Packs a kernel. The memory belongs to the dispose scope.</summary>
    /// <param name="kernel">The kernel, <c>[rows, columns]</c>, in C order on the CPU.</param>
    /// <param name="transposed">Whether to multiply by its transpose.</param>
    /// <param name="bias">What <see cref="Set"/> begins the sums with, in C order on the CPU; null for zeros.</param>
    public static PackedMatrix With(Tensor kernel, bool transposed, Tensor? bias = null)
    {
        (int rows, int columns) = ((int)kernel.size(0), (int)kernel.size(1));
        (int depth, int width) = transposed ? (columns, rows) : (rows, columns);
        long length = (long)PanelProduct.Panels(width) * PanelProduct.Width;
        float* packed = (float*)TensorMemory.PointerTo(empty(length * (depth + 1)));
        float* numbers = (float*)TensorMemory.PointerTo(kernel);
        for (int column = 0; column < width; column += PanelProduct.Width)
        {
            float* panel = packed + ((long)column * depth);
            if (transposed)
            {
                PanelProduct.PackTransposed(numbers, columns, rows, columns, column, panel);
            }
            else
            {
                PanelProduct.Pack(numbers, columns, rows, columns, column, panel);
            }
        }

        float* first = packed + (length * depth);
        new Span<float>(first, (int)length).Clear();
        if (bias is not null)
        {
            new Span<float>(TensorMemory.PointerTo(bias), width).CopyTo(new Span<float>(first, width));
        }

        return new PackedMatrix(packed, first, depth, width);
    }

    /// <summary>Adds the product of the given rows.</summary>
    /// <param name="rows">The rows, contiguous, each with as many elements as the kernel has rows.</param>
    /// <param name="sums">The sums to add to, contiguous, each with as many elements as the kernel has columns.</param>
    /// <param name="count">Number of rows.</param>
    public void Add(float* rows, float* sums, int count) => Compute(rows, sums, columns, sums, count);

    /// <summary>Computes the bias plus the product of the given rows.</summary>
    /// <param name="rows">The rows, contiguous.</param>
    /// <param name="sums">Where to store the sums, contiguous.</param>
    /// <param name="count">Number of rows.</param>
    public void Set(float* rows, float* sums, int count) => Compute(rows, first, 0, sums, count);

    private void Compute(float* rows, float* initial, nint initialRow, float* sums, int count)
    {
        float* room = stackalloc float[PanelProduct.TileRows * PanelProduct.Width];
        for (int column = 0; column < columns; column += PanelProduct.Width)
        {
            var operands = new PanelOperands
            {
                A = rows,
                ARow = depth,
                AColumn = 1,
                Depth = depth,
                Panel = panels + ((long)column * depth),
                PanelRow = PanelProduct.Width,
                Initial = initial + column,
                InitialRow = initialRow,
                C = sums + column,
                CRow = columns,
            };
            int left = columns - column;
            if (left >= PanelProduct.Width || left == PanelProduct.Width / 2)
            {
                PanelProduct.Multiply(operands, count, PanelProduct.IsHalf(columns, column));
                continue;
            }

            PanelProduct.MultiplyAside(operands, count, left, room);
        }
    }
}
