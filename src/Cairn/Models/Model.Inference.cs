using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Training;
using Cairn.Training.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Predictions and evaluations by a plan, for models that have one.
public abstract partial class Model
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    internal const string InferenceSwitch = "Cairn.InferencePlan";

    // Rows of a prediction after which cancellation is checked, as a number of products.
    private const long ProductsPerCheck = 2_000_000_000;

    private PlanSlot? planned;

    /// <summary>Whether models are planned; tests turn it off to compare.</summary>
    [ThreadStatic]
    internal static bool isPlanningOff;

    /// <summary>The plan of the model; null if its layers or its state don't allow one.</summary>
    internal InferencePlan? InferencePlan
    {
        get
        {
            if (isPlanningOff || !Built || Device.type != DeviceType.CPU)
            {
                return null;
            }

            PlanSlot? slot = planned;
            if (slot is null || slot.Plan?.IsCurrent == false)
            {
                planned = slot = new PlanSlot(OptOut.IsChosen(InferenceSwitch) ? null : InferencePlanner.PlanFor(this));
            }

            return slot.Plan;
        }
    }

    private bool OverridesPredictStep => ((Func<Batch, CallContext, Tensor[]>)PredictStep).Method.DeclaringType != typeof(Model);

    /// <summary>Forgets the plan, since the layers have changed.</summary>
    private protected void ForgetPlan() => planned = null;

    /// <summary>Without gradients: the outputs of the plan if there is one, otherwise of the layers.</summary>
    private Tensor[] Infer(Batch batch, CallContext context)
    {
        Tensor[] inputs = batch.Slots.Inputs;
        return context.Training || context.Observer is not null || context.Share is not null || context.HasMasks
            ? Apply(inputs, context)
            : Infer(inputs) ?? Apply(inputs, context);
    }

    /// <summary>The outputs of the plan; null if there is none, or not for these tensors.</summary>
    private protected override Tensor[]? Infer(Tensor[] inputs)
    {
        if (InferencePlan is not { } plan || inputs.Length != plan.Inputs.Count || inputs.Length == 0 || is_grad_enabled())
        {
            return null;
        }

        long rows = inputs[0].dim() == 0 ? 0 : inputs[0].size(0);
        Span<nint> x = stackalloc nint[inputs.Length], y = stackalloc nint[plan.Outputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor input = inputs[i];
            if (rows == 0 || input.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(input)
                || !IsOf(plan.Inputs[i], input.shape, rows))
            {
                return null;
            }

            x[i] = AddressOf(input);
        }

        var outputs = new Tensor[y.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = empty(plan.Outputs[i].WithBatch(rows).ToArray(), ScalarType.Float32);
            y[i] = AddressOf(outputs[i]);
        }

        if (plan.TryRun(x, rows, y))
        {
            return outputs;
        }

        foreach (Tensor output in outputs)
        {
            output.Dispose();
        }

        return null;
    }

    /// <summary>Predicts straight from array to array; null if something needs the tensors or batches on the way.</summary>
    private NDArray[]? PredictByPlan(NDArrays x, Verbosity verbose, IEnumerable<Callback>? callbacks, CancellationToken cancellation)
    {
        if (x is null || InferencePlan is not { } plan || x.Names.Count > 0 || x.Count != plan.Inputs.Count || x.Count == 0
            || OverridesPredictStep || Telemetry.IsWatched || callbacks is not (null or ICollection<Callback> { Count: 0 })
            || verbose.LevelFor(Output) > 0)
        {
            return null;
        }

        long rows = x[0].Shape.Rank == 0 ? 0 : x[0].Shape[0];
        for (int i = 0; i < x.Count; i++)
        {
            if (rows == 0 || !x[i].IsPlain || !IsOf(plan.Inputs[i], x[i].Shape, rows))
            {
                return null;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        float[][] y = new float[plan.Outputs.Count][];
        for (int i = 0; i < y.Length; i++)
        {
            long count = plan.Outputs[i].ElementCount * rows;
            if (count > Array.MaxLength)
            {
                return null;
            }

            y[i] = GC.AllocateUninitializedArray<float>((int)count);
        }

        // As the other way does: later calls of a model with a seed draw other random numbers.
        ResolveSeed();
        Draws.NextCall();
        StopPredicting = false;
        if (!Run(plan, x, rows, y, cancellation))
        {
            return null;
        }

        var outputs = new NDArray[y.Length];
        for (int i = 0; i < y.Length; i++)
        {
            outputs[i] = NDArray.From(y[i], plan.Outputs[i].WithBatch(rows));
        }

        return outputs;
    }

    private static bool Run(InferencePlan plan, NDArrays x, long rows, float[][] y, CancellationToken cancellation)
    {
        int count = x.Count + y.Length;
        Span<GCHandle> pins = stackalloc GCHandle[count];
        Span<nint> from = stackalloc nint[x.Count], to = stackalloc nint[y.Length];
        pins.Clear();
        try
        {
            for (int i = 0; i < count; i++)
            {
                Array? array = i < x.Count ? x[i].SourceArray : y[i - x.Count];
                if (array is not null)
                {
                    pins[i] = GCHandle.Alloc(array, GCHandleType.Pinned);
                }

                nint address = array is null ? AddressOf(x[i].SourceTensor!) : pins[i].AddrOfPinnedObject();
                (i < x.Count ? from : to)[i < x.Count ? i : i - x.Count] = address;
            }

            long step = Math.Max(1, ProductsPerCheck / Math.Max(plan.Products, 1));
            for (long done = 0; done < rows; done += step)
            {
                long now = Math.Min(step, rows - done);
                if (!plan.TryRun(from, now, to))
                {
                    return false;
                }

                Advance(from, plan.Inputs, now);
                Advance(to, plan.Outputs, now);
                cancellation.ThrowIfCancellationRequested();
            }

            GC.KeepAlive(x);
            return true;
        }
        finally
        {
            foreach (GCHandle pin in pins)
            {
                if (pin.IsAllocated)
                {
                    pin.Free();
                }
            }
        }
    }

    private static void Advance(Span<nint> addresses, IReadOnlyList<Shape> shapes, long rows)
    {
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] += (nint)(shapes[i].ElementCount * rows * sizeof(float));
        }
    }

    private static bool IsOf(Shape row, IReadOnlyList<long> shape, long rows)
    {
        if (shape.Count != row.Rank + 1 || shape[0] != rows)
        {
            return false;
        }

        for (int axis = 0; axis < row.Rank; axis++)
        {
            if (shape[axis + 1] != row[axis])
            {
                return false;
            }
        }

        return true;
    }

    private static unsafe nint AddressOf(Tensor tensor) => (nint)TensorMemory.PointerTo(tensor);

    /// <summary>The result of planning, which may be that there is no plan.</summary>
    private sealed record PlanSlot(InferencePlan? Plan);
}
