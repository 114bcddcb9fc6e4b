using Cairn.Native;

namespace Cairn.Training.Plan;

// What one thread computes: some panels of columns, forward and backward.
internal sealed unsafe partial class PlanStage
{
    // In floats: half of a second-level cache.
    private const int MostPacked = 1 << 17;

    private (int First, int End) PanelsOf(int part, int panels) =>
        ((int)((long)panels * part / parts), (int)((long)panels * (part + 1) / parts));

    private Columns ColumnsOf(int panel)
    {
        int first = panel * PanelProduct.Width;
        return new Columns(rows, stride, first, Math.Min(PanelProduct.Width, stride - first));
    }

    private void ForwardPart(int part)
    {
        (int start, int end) = PanelsOf(part, Panels);
        for (int panel = start; panel < end; panel += PanelPieces.Together)
        {
            int last = Math.Min(end, panel + PanelPieces.Together);
            Multiply(panel, last, ScratchOf(part));
            for (int now = panel; now < last; now++)
            {
                Columns columns = ColumnsOf(now);
                for (int i = 0; i < operations.Length; i++)
                {
                    operations[i].Forward(outputs[i].First, outputs[i + 1].First, columns);
                }
            }
        }
    }

    private void Multiply(int panel, int end, float* room)
    {
        int first = panel * PanelProduct.Width, count = Math.Min(Features, end * PanelProduct.Width) - first;
        float* to = outputs[0].First + first;
        if (product is null)
        {
            for (int row = 0; row < rows; row++)
            {
                new Span<float>(input + (row * inputRow) + first, count).CopyTo(new Span<float>(to + (row * (nint)stride), count));
            }

            return;
        }

        float* initial = stackalloc float[PanelPieces.Together * PanelProduct.Width];
        new Span<float>(initial, PanelPieces.Together * PanelProduct.Width).Clear();
        if (bias != null)
        {
            new Span<float>(bias + first, count).CopyTo(new Span<float>(initial, count));
        }

        var operands = new PanelOperands
        {
            A = input,
            ARow = inputRow,
            AColumn = 1,
            Depth = inputs,
            Initial = initial,
            C = to,
            CRow = stride,
        };
        PanelPieces.Multiply(operands, rows, kernel, Features, Features, isTransposed: false, panel, end, room);
    }

    private void BackwardPart(int part)
    {
        float* initial = stackalloc float[PanelPieces.Together * PanelProduct.Width];
        new Span<float>(initial, PanelPieces.Together * PanelProduct.Width).Clear();
        (int start, int end) = PanelsOf(part, Panels);
        bool streams = after is not null && Streams;
        if (streams)
        {
            StreamSlopes(start, end, initial, ScratchOf(part));
        }

        for (int panel = start; panel < end; panel += PanelPieces.Together)
        {
            int last = Math.Min(end, panel + PanelPieces.Together);
            if (after is not null && !streams)
            {
                var operands = new PanelOperands
                {
                    A = after.slopes!.First,
                    ARow = after.stride,
                    AColumn = 1,
                    Depth = after.Features,
                    Initial = initial,
                    C = slopes!.First + (panel * PanelProduct.Width),
                    CRow = stride,
                };
                PanelPieces.Multiply(
                    operands, rows, after.kernel, after.Features, Features, isTransposed: true, panel, last, ScratchOf(part));
            }

            for (int now = panel; now < last; now++)
            {
                BackwardPanel(now);
            }
        }

        if (ofKernel != null)
        {
            // The packed panels of a pass over the input stay in the second-level cache.
            int together = (int)Math.Max(1, MostPacked / ((long)rows * PanelProduct.Width));
            for (int panel = start; panel < end; panel += together)
            {
                KernelGradient(panel, Math.Min(end, panel + together), initial);
            }
        }
    }

    // The weights of the next stage are more than the caches hold.
    private void StreamSlopes(int start, int end, float* zeros, float* room)
    {
        int first = start * PanelProduct.Width, last = Math.Min(Features, end * PanelProduct.Width);
        var operands = new PanelOperands
        {
            A = after!.slopes!.First,
            ARow = after.stride,
            Depth = after.Features,
            Initial = zeros,
            C = slopes!.First,
            CRow = stride,
        };
        StreamedProduct.Multiply(operands, rows, after.kernel, after.Features, first, last, room, turned!.First);
        for (int row = 0; row < rows && last == Features; row++)
        {
            new Span<float>(slopes.First + (row * (nint)stride) + Features, stride - Features).Clear();
        }
    }

    private void BackwardPanel(int panel)
    {
        Columns columns = ColumnsOf(panel);
        int count = Math.Min(PanelProduct.Width, Features - columns.First);
        if (after is null && ofOutput != null)
        {
            for (int row = 0; row < rows; row++)
            {
                CopyRow(row, columns.First, columns.Count);
            }
        }

        for (int i = operations.Length - 1; i >= 0; i--)
        {
            operations[i].Backward(outputs[i + 1].First, slopes!.First, columns);
        }

        if (ofBias != null)
        {
            double* sums = stackalloc double[PanelProduct.Width];
            NormalizationOperation.Sum(slopes!.First, null, columns, sums);
            for (int i = 0; i < count; i++)
            {
                ofBias[columns.First + i] = (float)sums[i];
            }
        }

        if (ofKernel != null)
        {
            PanelProduct.Pack(slopes!.First, stride, rows, Features, columns.First,
                packed!.First + ((nint)panel * PanelProduct.Width * rows));
        }
    }

    // The input is read once for all these panels.
    private void KernelGradient(int start, int end, float* zeros)
    {
        int height = PanelProduct.TileRows, width = PanelProduct.Width;
        float* tile = stackalloc float[height * width];
        var operands = new PanelOperands
        {
            ARow = 1,
            AColumn = inputRow,
            Depth = rows,
            PanelRow = width,
            Initial = zeros,
        };
        for (int first = 0; first < inputs; first += height)
        {
            int tall = Math.Min(height, inputs - first);
            for (int panel = start; panel < end; panel++)
            {
                int column = panel * width, count = Math.Min(width, Features - column);
                float* to = ofKernel + ((nint)first * Features) + column;
                operands.A = input + first;
                operands.Panel = packed!.First + ((nint)panel * width * rows);
                if (count == width)
                {
                    operands.C = to;
                    operands.CRow = Features;
                    PanelProduct.Multiply(operands, tall, isHalf: false);
                    continue;
                }

                operands.C = tile;
                operands.CRow = width;
                PanelProduct.Multiply(operands, tall, PanelProduct.IsHalf(Features, column));
                for (int row = 0; row < tall; row++)
                {
                    new Span<float>(tile + (row * width), count).CopyTo(new Span<float>(to + ((nint)row * Features), count));
                }
            }
        }
    }

    private void CopyRow(int row, int first, int count)
    {
        float* to = slopes!.First + (row * (nint)stride) + first;
        int given = Math.Min(count, Features - first);
        new Span<float>(ofOutput + (row * (nint)Features) + first, given).CopyTo(new Span<float>(to, given));
        new Span<float>(to + given, count - given).Clear();
    }
}
