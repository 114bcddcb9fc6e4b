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
internal sealed unsafe partial class PlanStage : IDisposable
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
    private PlanMemory? turned;
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
        inputPart = InputPart;
        if (before is not null)
        {
            before.after = this;
        }
    }

    /// <summary>Number of outputs of a sample.</summary>
    public int Features { get; }

    /// <summary>Whether the gradient of the input of the plan's chain is needed; only for the first stage.</summary>
    public bool NeedsInputSlope { get; set; }

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
        turned = after is { product: not null } ? PlanMemory.Of(StreamedProduct.TransposeOf(samples, Features)) : null;
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

        Run(forwardPart, product is null ? 0 : (long)samples * inputs * Features, Panels);
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
        Run(backwardPart, work, Panels);
        return before is { TrainsAnything: true };
    }

    /// <summary>Notes whether weights up to this stage are trained.</summary>
    public void NoteTrained() => TrainsAnything = before is { TrainsAnything: true } || NeedsInputSlope
        || product is { Kernel.Stored.requires_grad: true } or { Bias.Stored.requires_grad: true }
        || operations.Any(operation => operation is NormalizationOperation { IsTrained: true });

    public void Dispose() => FreeMemory();

    // Whether the gradient of the output is computed from the weights of the next stage as they lie in memory.
    private bool Streams => StreamedProduct.IsFaster(rows, Features, after!.Features);

    private float* Output => outputs[^1].First;

    private void FreeMemory()
    {
        foreach (PlanMemory? memory in outputs.Distinct().Append(slopes).Append(scratch).Append(packed).Append(turned))
        {
            memory?.Dispose();
        }

        foreach (ColumnOperation operation in operations)
        {
            operation.Dispose();
        }

        (slopes, scratch, packed, turned, scratchParts, capacity) = (null, null, null, null, 0, 0);
    }

    private static PlanMemory Cleared(long length)
    {
        var memory = PlanMemory.Of(length);
        NativeMemory.Clear(memory.First, (nuint)length * sizeof(float));
        return memory;
    }

    private void Run(Action<int> part, long work, int panels)
    {
        int threads = ThreadTeam.ThreadsFor(work);
        parts = threads == 1 ? 1 : Math.Min(panels, 2 * threads);
        if (scratchParts < parts)
        {
            scratch?.Dispose();
            scratch = null;
            scratch = PlanMemory.Of(parts * Room);
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

    // The gradient of the input is computed with whole panels.
    private long Room => Math.Max(PanelPieces.RoomFor(Math.Max(inputs, after?.Features ?? 0)),
        NeedsInputSlope ? (long)Features * PanelProduct.Width : 0);

    private float* ScratchOf(int part) => scratch!.First + (part * Room);
}
