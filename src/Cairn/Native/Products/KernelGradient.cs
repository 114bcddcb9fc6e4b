using System.Numerics;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>
/// The gradients of a bias and of one or several kernels, whose products with their inputs are added, from the gradient of the sum.
/// </summary>
/// <remarks>
/// The columns are divided among threads, and the rows of the kernels too if there are few columns. Each number is summed up in the order
/// of the rows, so the bits do not depend on the threads.
/// </remarks>
internal sealed unsafe class KernelGradient
{
    // Rows whose panel, and the part of the sums that they are added to, stay in the first cache.
    private const int Block = 64;

    private readonly float* slopes;
    private readonly int rows;
    private readonly int columns;
    private readonly GradientInput[] inputs;
    private readonly float* ofBias;
    private readonly int groups;

    private KernelGradient(float* slopes, int rows, int columns, GradientInput[] inputs, float* ofBias, int groups)
    {
        this.slopes = slopes;
        this.rows = rows;
        this.columns = columns;
        this.inputs = inputs;
        this.ofBias = ofBias;
        this.groups = groups;
    }

    /// <summary>Computes the gradients.</summary>
    /// <param name="slopes">The gradient of the sum, <c>[rows, columns]</c>, contiguous.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="ofBias">The gradient of the bias, or null.</param>
    /// <param name="inputs">The inputs, and the gradients of their kernels.</param>
    public static void Compute(float* slopes, int rows, int columns, float* ofBias, params GradientInput[] inputs)
    {
        inputs = [.. inputs.Where(input => input.Gradient != null)];
        int panels = PanelProduct.Panels(columns);
        long products = (long)rows * columns * inputs.Sum(input => (long)input.Features);
        int threads = ThreadTeam.ThreadsFor(products);
        int most = inputs.Select(input => input.Features).DefaultIfEmpty().Max() / 32;
        int groups = threads == 1 ? 1 : Math.Clamp(2 * threads / panels, 1, Math.Max(1, most));
        var gradient = new KernelGradient(slopes, rows, columns, inputs, ofBias, groups);
        if (threads == 1)
        {
            for (int part = 0; part < panels; part++)
            {
                gradient.Run(part);
            }
        }
        else
        {
            ThreadTeam.Run(panels * groups, gradient.Run);
        }
    }

    private void Run(int part)
    {
        int width = PanelProduct.Width, panel = part / groups * width, group = part % groups;
        int tall = inputs.Sum(input => End(input, group) - Start(input, group));
        bool isHalf = PanelProduct.IsHalf(columns, panel);
        using var memory = new AlignedMemory((long)(tall + Block + 3) * width);
        float* zeros = memory.First, total = zeros + width, partial = total + width, packed = partial + width;
        float* sums = packed + (Block * width);
        new Span<float>(zeros, 2 * width).Clear();
        new Span<float>(sums, tall * width).Clear();
        int next;
        for (int row = 0; row < rows; row = next)
        {
            // No block has rows on both sides of an input's first rows.
            next = Math.Min(rows, row + Block);
            foreach (ref readonly GradientInput input in inputs.AsSpan())
            {
                next = row < input.RowsBefore ? Math.Min(next, input.RowsBefore) : next;
            }

            PanelProduct.Pack(slopes + ((nint)row * columns), columns, next - row, columns, panel, packed);
            if (ofBias != null && group == 0)
            {
                AddRows(packed, next - row, partial, total);
            }

            float* to = sums;
            foreach (ref readonly GradientInput input in inputs.AsSpan())
            {
                int start = Start(input, group), count = End(input, group) - start;
                float* from = row < input.RowsBefore ? input.Before : input.Rows;
                if (from != null)
                {
                    int at = row < input.RowsBefore ? row : row - input.RowsBefore;
                    var operands = new PanelOperands
                    {
                        A = from + ((nint)at * input.Features) + start,
                        ARow = 1,
                        AColumn = input.Features,
                        Depth = next - row,
                        Panel = packed,
                        PanelRow = width,
                        Initial = to,
                        InitialRow = width,
                        C = to,
                        CRow = width,
                    };
                    PanelProduct.Multiply(operands, count, isHalf);
                }

                to += count * width;
            }
        }

        Store(sums, total, panel, group);
    }

    private void Store(float* sums, float* total, int panel, int group)
    {
        int width = PanelProduct.Width, count = Math.Min(width, columns - panel);
        foreach (ref readonly GradientInput input in inputs.AsSpan())
        {
            for (int row = Start(input, group); row < End(input, group); row++, sums += width)
            {
                new Span<float>(sums, count).CopyTo(new Span<float>(input.Gradient + ((nint)row * columns) + panel, count));
            }
        }

        if (ofBias != null && group == 0)
        {
            new Span<float>(total, count).CopyTo(new Span<float>(ofBias + panel, count));
        }
    }

    // The rows of a group begin at a multiple of a tile's height.
    private int Start(in GradientInput input, int group)
    {
        int tiles = (input.Features + 7) / 8;
        return Math.Min(input.Features, 8 * (int)((long)tiles * group / groups));
    }

    private int End(in GradientInput input, int group) => Start(input, group + 1);

    // First the rows of a block, then their sum: the rounding errors of long sums stay small.
    private static void AddRows(float* from, int count, float* partial, float* total)
    {
        int width = PanelProduct.Width, lanes = Vector<float>.Count;
        new Span<float>(partial, width).Clear();
        for (int row = 0; row < count; row++, from += width)
        {
            for (int i = 0; i < width; i += lanes)
            {
                (Vector.Load(partial + i) + Vector.Load(from + i)).Store(partial + i);
            }
        }

        for (int i = 0; i < width; i += lanes)
        {
            (Vector.Load(total + i) + Vector.Load(partial + i)).Store(total + i);
        }
    }
}
