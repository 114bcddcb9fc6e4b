using System.Runtime.InteropServices;
using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>A product of the samples with a kernel, or the input of the plan, and the operations on its columns that follow.</summary>
/// <remarks>
/// The columns are divided among threads: each computes its columns of the product and, while they are in its cache, the operations.
/// Backward, each computes the gradient of its columns from the gradient of the next stage, the operations in reverse, and its columns of
/// the gradients of the weights. A number is computed in the same order by whichever thread, so the bits do not depend on the threads.
/// </remarks>
internal sealed unsafe class PlanStage : IDisposable
{
    private readonly PlannedProduct? product;
    private readonly ColumnOperation[] operations;
    private readonly bool endsWithSoftmax;
    private readonly PlanStage? before;
    private readonly int inputs;
    private readonly int stride;
    private readonly Action<int> forwardPart;
    private readonly Action<int> backwardPart;
    private readonly PlanMemory[] outputs;
    private PlanMemory? slopes;
    private PlanMemory? scratch;
    private PlanMemory? packed;
    private PlanStage? after;
    private int capacity;
    private int parts;
    private int rows;
    private int scratchParts;
    private float* input;
    private nint inputRow;
    private float* kernel;
    private float* bias;
    private float* ofKernel;
    private float* ofBias;
    private float* ofOutput;

    /// <summary>Creates a stage.</summary>
    /// <param name="before">The stage whose output is the input; null for the first.</param>
    /// <param name="inputs">Number of inputs of a sample.</param>
    /// <param name="product">The product, or null.</param>
    /// <param name="operations">The operations.</param>
    /// <param name="endsWithSoftmax">Whether softmax follows.</param>
    public PlanStage(
        PlanStage? before, int inputs, PlannedProduct? product, IReadOnlyList<ColumnOperation> operations, bool endsWithSoftmax)
    {
        this.before = before;
        this.inputs = inputs;
        this.product = product;
        this.operations = [.. operations];
        this.endsWithSoftmax = endsWithSoftmax;
        Features = product is null ? inputs : (int)product.Kernel.Shape[1];
        stride = PanelProduct.Padded(Features);
        outputs = new PlanMemory[this.operations.Length + 1];
        forwardPart = ForwardPart;
        backwardPart = BackwardPart;
        if (before is not null)
        {
            before.after = this;
        }
    }

    /// <summary>Number of outputs of a sample.</summary>
    public int Features { get; }

    /// <summary>Whether this stage or one before it has weights that are trained.</summary>
    private bool TrainsAnything { get; set; }

    private int Panels => PanelProduct.Panels(Features);

    /// <summary>Makes room for a number of samples.</summary>
    public void Resize(int samples)
    {
        if (samples <= capacity)
        {
            return;
        }

        FreeMemory();
        for (int i = 0; i < outputs.Length; i++)
        {
            bool isOwn = i == 0 || !operations[i - 1].CanOverwrite(i > 1 ? operations[i - 2] : null);
            outputs[i] = isOwn ? Cleared((long)samples * stride) : outputs[i - 1];
        }

        slopes = Cleared((long)samples * stride);
        packed = PlanMemory.Of((long)Panels * PanelProduct.Width * samples);
        foreach (ColumnOperation operation in operations)
        {
            operation.Resize(samples, Features);
        }

        // Last, so that a step after a failed allocation tries again.
        capacity = samples;
    }

    /// <summary>Computes the output.</summary>
    /// <param name="context">The context of the step.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="data">The input of the plan; only for the first stage.</param>
    public void Forward(CallContext context, int samples, float* data)
    {
        rows = samples;
        input = before is null ? data : before.Output;
        inputRow = before is null ? inputs : before.stride;
        kernel = PlanGradients.PointerTo(product?.Kernel);
        bias = PlanGradients.PointerTo(product?.Bias);
        foreach (ColumnOperation operation in operations)
        {
            operation.Begin(context, samples);
        }

        Run(forwardPart, product is null ? 0 : (long)samples * inputs * Features, inputs);
        if (endsWithSoftmax)
        {
            for (int row = 0; row < rows; row++)
            {
                SoftmaxRows.Forward(Output + (row * (nint)stride), Features, stride);
            }
        }
    }

    /// <summary>Copies the output to contiguous memory.</summary>
    public void CopyOutput(float* to)
    {
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(Output + (row * (nint)stride), Features).CopyTo(new Span<float>(to + (row * (nint)Features), Features));
        }
    }

    /// <summary>Computes the gradients of the weights and of what the stage before needs.</summary>
    /// <param name="gradients">Takes the gradients.</param>
    /// <param name="ofResult">The gradient of the output in contiguous memory; only for the last stage.</param>
    /// <returns>Whether the stage before has gradients to compute.</returns>
    public bool Backward(PlanGradients gradients, float* ofResult)
    {
        ofOutput = ofResult;
        if (endsWithSoftmax)
        {
            for (int row = 0; row < rows; row++)
            {
                CopyRow(row, 0, stride);
                SoftmaxRows.Backward(Output + (row * (nint)stride), slopes!.First + (row * (nint)stride), stride);
            }

            ofOutput = null;
        }

        ofKernel = gradients.For(product?.Kernel);
        ofBias = gradients.For(product?.Bias);
        foreach (ColumnOperation operation in operations)
        {
            operation.BeginBackward(gradients);
        }

        long work = (ofKernel == null ? 0 : (long)rows * inputs * Features) + (after is null ? 0 : (long)rows * Features * after.Features);
        Run(backwardPart, work, after?.Features ?? 0);
        return before is not null && before.TrainsAnything;
    }

    /// <summary>Notes whether weights up to this stage are trained.</summary>
    public void NoteTrained() => TrainsAnything = before is { TrainsAnything: true }
        || product is { Kernel.Stored.requires_grad: true } or { Bias.Stored.requires_grad: true }
        || operations.Any(operation => operation is NormalizationOperation { IsTrained: true });

    public void Dispose() => FreeMemory();

    private float* Output => outputs[^1].First;

    private void FreeMemory()
    {
        foreach (PlanMemory? memory in outputs.Distinct().Append(slopes).Append(scratch).Append(packed))
        {
            memory?.Dispose();
        }

        foreach (ColumnOperation operation in operations)
        {
            operation.Dispose();
        }

        (slopes, scratch, packed, scratchParts, capacity) = (null, null, null, 0, 0);
    }

    private static PlanMemory Cleared(long length)
    {
        var memory = PlanMemory.Of(length);
        NativeMemory.Clear(memory.First, (nuint)length * sizeof(float));
        return memory;
    }

    private void Run(Action<int> part, long work, int depth)
    {
        int threads = ThreadTeam.ThreadsFor(work);
        parts = threads == 1 ? 1 : Math.Min(Panels, 2 * threads);
        if (scratchParts < parts)
        {
            scratch?.Dispose();
            scratch = PlanMemory.Of((long)parts * Math.Max(inputs, after?.Features ?? 0) * PanelProduct.Width);
            scratchParts = parts;
        }

        if (parts == 1)
        {
            part(0);
        }
        else
        {
            ThreadTeam.Run(parts, part);
        }
    }

    private float* ScratchOf(int part) =>
        scratch!.First + ((nint)part * Math.Max(inputs, after?.Features ?? 0) * PanelProduct.Width);

    private (int First, int End) PanelsOf(int part) =>
        ((int)((long)Panels * part / parts), (int)((long)Panels * (part + 1) / parts));

    private Columns ColumnsOf(int panel)
    {
        int first = panel * PanelProduct.Width;
        return new Columns(rows, stride, first, Math.Min(PanelProduct.Width, stride - first));
    }

    private void ForwardPart(int part)
    {
        float* panelMemory = ScratchOf(part), initial = stackalloc float[PanelProduct.Width];
        (int start, int end) = PanelsOf(part);
        for (int panel = start; panel < end; panel++)
        {
            Columns columns = ColumnsOf(panel);
            int count = Math.Min(PanelProduct.Width, Features - columns.First);
            float* to = outputs[0].First + columns.First;
            if (product is null)
            {
                for (int row = 0; row < rows; row++)
                {
                    new Span<float>(input + (row * inputRow) + columns.First, count)
                        .CopyTo(new Span<float>(to + (row * (nint)stride), count));
                }
            }
            else
            {
                new Span<float>(initial, PanelProduct.Width).Clear();
                if (bias != null)
                {
                    new Span<float>(bias + columns.First, count).CopyTo(new Span<float>(initial, count));
                }

                PanelProduct.Pack(kernel, Features, inputs, Features, columns.First, panelMemory);
                var operands = new PanelOperands
                {
                    A = input,
                    ARow = inputRow,
                    AColumn = 1,
                    Depth = inputs,
                    Panel = panelMemory,
                    PanelRow = PanelProduct.Width,
                    Initial = initial,
                    C = to,
                    CRow = stride,
                };
                PanelProduct.Multiply(operands, rows, PanelProduct.IsHalf(Features, columns.First));
            }

            for (int i = 0; i < operations.Length; i++)
            {
                operations[i].Forward(outputs[i].First, outputs[i + 1].First, columns);
            }
        }
    }

    private void BackwardPart(int part)
    {
        float* panelMemory = ScratchOf(part), initial = stackalloc float[PanelProduct.Width];
        double* sums = stackalloc double[PanelProduct.Width];
        new Span<float>(initial, PanelProduct.Width).Clear();
        (int start, int end) = PanelsOf(part);
        for (int panel = start; panel < end; panel++)
        {
            Columns columns = ColumnsOf(panel);
            int count = Math.Min(PanelProduct.Width, Features - columns.First);
            if (after is not null)
            {
                PanelProduct.PackTransposed(after.kernel, after.Features, Features, after.Features, columns.First, panelMemory);
                var operands = new PanelOperands
                {
                    A = after.slopes!.First,
                    ARow = after.stride,
                    AColumn = 1,
                    Depth = after.Features,
                    Panel = panelMemory,
                    PanelRow = PanelProduct.Width,
                    Initial = initial,
                    C = slopes!.First + columns.First,
                    CRow = stride,
                };
                PanelProduct.Multiply(operands, rows, PanelProduct.IsHalf(Features, columns.First));
            }
            else if (ofOutput != null)
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

        if (ofKernel != null)
        {
            KernelGradient(start, end, initial);
        }
    }

    // The input is read once for all panels of the part.
    private void KernelGradient(int start, int end, float* zeros)
    {
        int height = PanelProduct.TileRows, width = PanelProduct.Width;
        float* tile = stackalloc float[height * width];
        for (int first = 0; first < inputs; first += height)
        {
            int tall = Math.Min(height, inputs - first);
            for (int panel = start; panel < end; panel++)
            {
                int column = panel * width, count = Math.Min(width, Features - column);
                float* to = ofKernel + ((nint)first * Features) + column;
                var operands = new PanelOperands
                {
                    A = input + first,
                    ARow = 1,
                    AColumn = inputRow,
                    Depth = rows,
                    Panel = packed!.First + ((nint)panel * width * rows),
                    PanelRow = width,
                    Initial = zeros,
                    C = to,
                    CRow = Features,
                };
                if (count == width)
                {
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
