using System.Runtime.Intrinsics;
using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>
/// The forward and backward pass of a training step as a fixed sequence of passes over memory that stays from step to step, without
/// autograd, for models that are a chain of <see cref="Dense"/>, activations, <see cref="Dropout"/> and <see cref="BatchNormalization"/>.
/// </summary>
/// <remarks>
/// It computes what the layers compute, with the same random numbers; sums are added in another order than in libtorch, so results differ
/// in their last bits. All other models, and steps with masks or mixed precision, run layer by layer.
/// </remarks>
internal sealed unsafe class StepPlan : IDisposable
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.StepPlan";

    // Above it, the weights come from memory in every step. Then packing them costs more than it saves for a single sample, and without
    // AVX-512 the products of large batches are faster in libtorch.
    private const long ManyWeights = 4_000_000;
    private const int ManySamples = 64;

    private readonly Layer[] layers;
    private readonly Variable[] weights;
    private readonly PlanStage[] stages;
    private readonly PlanGradients gradients = new();
    private readonly int inputs;
    private readonly bool hasManyWeights;

    private StepPlan(Layer[] layers, Variable[] weights, PlanStage[] stages, int inputs)
    {
        this.layers = layers;
        this.weights = weights;
        this.stages = stages;
        this.inputs = inputs;
        hasManyWeights = weights.Sum(weight => weight.Shape.ElementCount) > ManyWeights;
        foreach (PlanStage stage in stages)
        {
            stage.NoteTrained();
        }
    }

    /// <summary>Whether steps are planned in this process.</summary>
    public static bool IsOn => PanelProduct.IsSupported && !OptOut.IsChosen(Switch);

    /// <summary>Creates the plan of a chain of layers, or returns null if it can't be planned.</summary>
    public static StepPlan? For(IReadOnlyList<Layer> chain)
    {
        if (!IsOn || chain.Count == 0 || chain[0].InputShape is not { } shape || !shape[1..].IsFullyKnown
            || !chain.All(layer => layer.Built && layer.AllowsPlan && layer.Planned is not null))
        {
            return null;
        }

        Variable[] weights = [.. chain.SelectMany(layer => layer.Weights)];
        int inputs = checked((int)Math.Min(int.MaxValue, shape[1..].ElementCount));
        return weights.Length > 0 && weights.All(IsPlain) && Stages(chain, inputs) is { } stages
            ? new StepPlan([.. chain], weights, stages, inputs) : null;
    }

    /// <summary>Whether the plan is that of these layers.</summary>
    public bool IsFor(IReadOnlyList<Layer> chain)
    {
        if (chain.Count != layers.Length)
        {
            return false;
        }

        for (int i = 0; i < layers.Length; i++)
        {
            if (!ReferenceEquals(chain[i], layers[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the plan can compute a step with this input, with the layers as they are now.</summary>
    public bool Takes(Tensor x, CallContext context) => Array.TrueForAll(layers, layer => layer.AllowsPlan) && HasPlainWeights(context)
        && x.dtype == ScalarType.Float32 && x.dim() > 1 && IsWorthwhile(x.size(0))
        && x.NumberOfElements == x.size(0) * inputs && TensorMemory.IsReachable(x);

    /// <summary>Computes the output, a new tensor.</summary>
    public Tensor Forward(Tensor x, CallContext context)
    {
        int samples = (int)x.size(0);
        float* data = (float*)TensorMemory.PointerTo(x);
        foreach (PlanStage stage in stages)
        {
            stage.Resize(samples);
            stage.Forward(context, samples, data);
        }

        Tensor y = empty(samples, stages[^1].Features);
        stages[^1].CopyOutput((float*)TensorMemory.PointerTo(y));
        return y;
    }

    /// <summary>Computes the gradients of the weights.</summary>
    /// <param name="x">The input of the forward pass, which is read again.</param>
    /// <param name="gradient">The gradient of the output.</param>
    /// <param name="context">The context of the step.</param>
    public void Backward(Tensor x, Tensor gradient, CallContext context)
    {
        gradients.Forget();
        Tensor whole = gradient.is_contiguous() ? gradient : gradient.contiguous();
        float* ofOutput = (float*)TensorMemory.PointerTo(whole);
        bool goesOn = true;
        for (int i = stages.Length - 1; i >= 0 && goesOn; i--)
        {
            goesOn = stages[i].Backward(gradients, i == stages.Length - 1 ? ofOutput : null);
            gradients.Deliver(context.Share?.Replication);
        }

        GC.KeepAlive(whole);
        GC.KeepAlive(x);
    }

    public void Dispose()
    {
        foreach (PlanStage stage in stages)
        {
            stage.Dispose();
        }
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

    private static bool IsPlain(Variable weight) => !weight.IsElsewhere
        && weight.Stored.dtype == ScalarType.Float32 && TensorMemory.IsReachable(weight.Stored);

    private static PlanStage[]? Stages(IReadOnlyList<Layer> chain, int inputs)
    {
        var stages = new List<PlanStage>();
        PlannedProduct? product = null;
        var operations = new List<ColumnOperation>();
        bool endsWithSoftmax = false, isFlat = chain[0].InputShape!.Rank == 2;
        int features = inputs;
        foreach (Layer layer in chain)
        {
            if (endsWithSoftmax)
            {
                return null;
            }

            switch (layer.Planned)
            {
                case PlannedIdentity { Flattens: var flattens }:
                    isFlat |= flattens;
                    break;
                case not null when !isFlat:
                    return null;
                case PlannedProduct next:
                    if (product is not null || operations.Count > 0)
                    {
                        End();
                    }

                    product = next;
                    if (!TryAdd(next.Activation))
                    {
                        return null;
                    }

                    break;
                case PlannedActivation { Function: var function } when TryAdd(function):
                    break;
                case PlannedDropout { Rate: var rate }:
                    operations.Add(new DropoutOperation(rate));
                    break;
                case PlannedNormalization normalization:
                    operations.Add(new NormalizationOperation(normalization));
                    break;
                default:
                    return null;
            }
        }

        End();
        return [.. stages];

        void End()
        {
            stages.Add(new PlanStage(stages.Count == 0 ? null : stages[^1], features, product, operations, endsWithSoftmax));
            features = stages[^1].Features;
            (product, endsWithSoftmax) = (null, false);
            operations = [];
        }

        bool TryAdd(Activations.ActivationFunction function)
        {
            if (function.Is("softmax"))
            {
                endsWithSoftmax = true;
            }
            else if (ActivationOperation.For(function) is { } operation)
            {
                operations.Add(operation);
            }
            else if (!function.Is("linear"))
            {
                return false;
            }

            return true;
        }
    }
}
