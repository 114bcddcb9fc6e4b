using System.Runtime.Intrinsics;
using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>
/// The forward and backward pass of a training step as a fixed sequence of nodes over memory that stays from step to step. Only layers that
/// no node knows are differentiated by autograd, each by itself; see <see cref="StepPlanner"/>.
/// </summary>
/// <remarks>
/// It computes what the layers compute, with the same random numbers; sums are added in another order than in libtorch, so results differ
/// in their last bits. All other models, and steps with masks or mixed precision, run layer by layer.
/// </remarks>
internal sealed unsafe class StepPlan : IDisposable
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.StepPlan";

    // With many weights, packing them costs more than it saves for a single sample, and without AVX-512 the products of large batches are
    // faster in libtorch.
    private const int ManySamples = 64;

    private readonly PlanValue[] inputs;
    private readonly PlanNode[] nodes;
    private readonly PlanValue output;
    private readonly Layer[] layers;
    private readonly Func<bool>[] conditions;
    private readonly Variable[] weights;
    private readonly SlopeMemory ofOutput = new(null);
    private readonly PlanStep step = new(new PlanGradients());
    private readonly bool hasManyWeights;

    /// <summary>Creates a plan.</summary>
    /// <param name="inputs">The inputs of the model.</param>
    /// <param name="nodes">The nodes, in an order in which they can run.</param>
    /// <param name="output">The output of the model.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="conditions">What must still be true in a step.</param>
    /// <param name="hasManyWeights">Whether the weights of the matrices are more than the caches hold.</param>
    public StepPlan(
        PlanValue[] inputs, PlanNode[] nodes, PlanValue output, Layer[] layers, Func<bool>[] conditions, bool hasManyWeights)
    {
        this.hasManyWeights = hasManyWeights;
        (this.inputs, this.nodes, this.output, this.layers, this.conditions) = (inputs, nodes, output, layers, conditions);
        weights = [.. nodes.SelectMany(node => node.Weights).Distinct()];
    }

    /// <summary>Whether steps are planned in this process.</summary>
    public static bool IsOn => PanelProduct.IsSupported && !OptOut.IsChosen(Switch);

    /// <summary>Whether the layers are still those of the plan.</summary>
    public bool IsCurrent => Array.TrueForAll(conditions, condition => condition());

    /// <summary>Whether the plan can compute a step with these inputs, with the layers as they are now.</summary>
    public bool Takes(Tensor[] given, CallContext context)
    {
        if (!Array.TrueForAll(layers, layer => layer.AllowsPlan) || !HasPlainWeights(context) || given.Length != inputs.Length)
        {
            return false;
        }

        long samples = given[0].dim() == 0 ? 0 : given[0].size(0);
        if (!IsWorthwhile(samples))
        {
            return false;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (!Takes(given[i], inputs[i], samples))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Computes the output, a new tensor.</summary>
    public Tensor Forward(Tensor[] given, CallContext context)
    {
        step.Begin(context, (int)given[0].size(0));
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i].TakeTensor(given[i]);
        }

        foreach (PlanNode node in nodes)
        {
            // An earlier step may have failed.
            node.Output.End();
            node.Forward(step);
        }

        return output.Tensor!;
    }

    /// <summary>Computes the gradients of the weights.</summary>
    /// <param name="gradient">The gradient of the output.</param>
    public void Backward(Tensor gradient)
    {
        Tensor whole = gradient.is_contiguous() ? gradient : gradient.contiguous();
        ofOutput.First = (float*)TensorMemory.PointerTo(whole);
        ofOutput.Users = 1;
        output.Slope = ofOutput;
        for (int i = nodes.Length - 1; i >= 0; i--)
        {
            PlanValue value = nodes[i].Output;
            if (value is { NeedsSlope: true, Slope: not null })
            {
                nodes[i].Backward(step);
            }

            step.Release(value);
            value.End();
        }

        GC.KeepAlive(whole);
        foreach (PlanValue input in inputs)
        {
            GC.KeepAlive(input.Tensor);
            input.End();
        }

        step.End();
    }

    public void Dispose()
    {
        foreach (PlanNode node in nodes)
        {
            node.Dispose();
        }

        step.Dispose();
    }

    private static bool Takes(Tensor x, PlanValue value, long samples)
    {
        if (!TensorMemory.IsReachable(x) || x.dim() != value.Shape.Rank + 1 || x.size(0) != samples
            || (x.dtype != ScalarType.Float32 && !value.MayHaveAnyType))
        {
            return false;
        }

        for (int axis = 0; axis < value.Shape.Rank; axis++)
        {
            if (x.size(axis + 1) != value.Shape[axis])
            {
                return false;
            }
        }

        return true;
    }

    private bool IsWorthwhile(long samples) => samples is > 0 and <= int.MaxValue
        && (!hasManyWeights || (samples > 1 && (samples <= ManySamples || Vector512.IsHardwareAccelerated)));

    private bool HasPlainWeights(CallContext context)
    {
        foreach (Variable weight in weights)
        {
            if (!IsPlain(weight)
                || (!ReferenceEquals(weight.Source, weight.Stored) && context.Share?.Replication.IsWatched(weight) != true))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the memory of a weight can be read and written.</summary>
    public static bool IsPlain(Variable weight) => !weight.IsElsewhere
        && weight.Stored.dtype == ScalarType.Float32 && TensorMemory.IsReachable(weight.Stored);
}
