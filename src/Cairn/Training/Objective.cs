using System.Diagnostics.CodeAnalysis;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Regularizers;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The loss to minimize: the losses of the outputs, the losses added by layers, and the regularization penalties.</summary>
internal sealed class Objective(IReadOnlyList<OutputLoss> losses, Model model)
{
    private readonly BatchLoss[] values = new BatchLoss[losses.Count];
    private Variable[] regularized = Regularized(model);
    private long version = Layer.TrainableChanges;

    /// <summary>Creates the objective of a model with one output.</summary>
    public Objective(Losses.Loss loss, Model model)
        : this([new OutputLoss(0, loss, null)], model)
    {
    }

    /// <summary>The unweighted losses of the outputs for the last batch; only if there are several.</summary>
    public IReadOnlyList<BatchLoss> OfOutputs => values;

    // A callback may freeze or unfreeze layers between two steps.
    private Variable[] RegularizedNow
    {
        get
        {
            if (version != Layer.TrainableChanges)
            {
                version = Layer.TrainableChanges;
                regularized = Regularized(model);
            }

            return regularized;
        }
    }

    /// <summary>
    /// Computes the loss of the outputs and its gradient in a single pass, if possible: for a single loss that supports it, without
    /// weights, masks or losses of layers. <see cref="AddPenalties"/> adds the penalties after the backward pass.
    /// </summary>
    public bool TryDifferentiate(Batch batch, Tensor[] yPred, CallContext context, out BatchLoss known,
        [NotNullWhen(true)] out Tensor? gradient)
    {
        if (losses is [{ Weight: null, Output: var output, Loss: var loss }] && batch.WeightOf(output) is null
            && HasSimplePenalties(context) && context.Losses.Count == 0 && (context.Share is null || loss.Reduction != "sum")
            && context.MaskOf(yPred[output]) is null
            && loss.TryDifferentiate(batch.Targets[output], yPred[output], out known, out gradient))
        {
            return true;
        }

        (known, gradient) = (default, null);
        return false;
    }

    /// <summary>The index of the only output with a loss.</summary>
    public int OnlyOutput => losses[0].Output;

    /// <summary>Whether <see cref="AddPenalties"/> can add the penalties: those of weights in plain memory, in a single process.</summary>
    public bool HasSimplePenalties(CallContext context) =>
        RegularizedNow.Length == 0 || (context.Share is null && Array.TrueForAll(RegularizedNow, PenaltyPass.CanRun));

    /// <summary>Adds the gradients of the penalties to those of the weights, and the penalties to the loss.</summary>
    public BatchLoss AddPenalties(BatchLoss loss)
    {
        if (RegularizedNow.Length == 0)
        {
            return loss;
        }

        float sum = 0;
        foreach (Variable variable in RegularizedNow)
        {
            sum += PenaltyPass.Run(variable);
        }

        return loss.Tensor is { } tensor ? tensor.detach().Plus(Held(sum)) : loss with { Number = loss.Number + sum };
    }

    /// <summary>The loss for one output.</summary>
    public Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, CallContext context) =>
        Compute(new Batch([], [yTrue], [sampleWeight], yPred.shape[0]), [yPred], context);

    /// <summary>The loss for all outputs.</summary>
    public Tensor Compute(Batch batch, Tensor[] yPred, CallContext context) => Required(Penalized(SumOfOutputs(batch, yPred, context)));

    /// <summary>The same without penalties.</summary>
    public Tensor ComputeOfOutputs(Batch batch, Tensor[] yPred, CallContext context) => Required(SumOfOutputs(batch, yPred, context));

    private Tensor? SumOfOutputs(Batch batch, Tensor[] yPred, CallContext context)
    {
        Tensor? sum = null;
        for (int i = 0; i < losses.Count; i++)
        {
            (int output, Losses.Loss loss, float? weight) = losses[i];
            Tensor value = loss.Compute(batch.Targets[output], yPred[output], batch.WeightOf(output), context.MaskOf(yPred[output]));
            if (losses.Count > 1)
            {
                values[i] = value;
            }

            if (weight is { } factor)
            {
                value = value * Held(factor);
            }

            sum = sum?.Plus(value) ?? value;
        }

        foreach (Tensor added in context.Losses)
        {
            sum = sum?.Plus(added) ?? added;
        }

        return sum;
    }

    private Tensor? Penalized(Tensor? sum)
    {
        foreach (Variable variable in RegularizedNow)
        {
            Tensor price = variable.Regularizer!.Penalty(variable.Source);
            sum = sum?.Plus(price) ?? price;
        }

        return sum;
    }

    private Tensor Required(Tensor? sum) =>
        sum ?? throw new InvalidOperationException($"The model '{model.Name}' has no loss to minimize: pass one to Compile, or add "
            + "one in a layer (CallContext.AddLoss).");

    private static Variable[] Regularized(Model model) => [.. model.TrainableWeights.Where(v => v.Regularizer is not null)];
}
