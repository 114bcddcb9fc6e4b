using Cairn.Data;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The number that training makes small: the losses of the outputs, what the layers add to them, and the prices of regularized weights.</summary>
internal sealed class Objective(IReadOnlyList<OutputLoss> losses, Model model)
{
    private readonly BatchLoss[] values = new BatchLoss[losses.Count];
    private Variable[] regularized = Regularized(model);
    private long version = Layer.TrainableChanges;

    /// <summary>The number for a model with one output.</summary>
    public Objective(Losses.Loss loss, Model model)
        : this([new OutputLoss(0, loss, null)], model)
    {
    }

    /// <summary>The losses of the outputs for the last batch, without their weights; only where there are several.</summary>
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

    /// <summary>Computes the loss and its gradients where that goes in one pass: a single loss that has one, without weights, masks or penalties.</summary>
    public bool TryDifferentiate(Batch batch, Tensor[] yPred, CallContext context, out BatchLoss known)
    {
        if (losses is [{ Weight: null, Output: var output, Loss: var loss }] && batch.WeightOf(output) is null && RegularizedNow.Length == 0
            && context.Losses.Count == 0 && context.MaskOf(yPred[output]) is null
            && loss.TryDifferentiate(batch.Targets[output], yPred[output], out known, out Tensor? gradient))
        {
            autograd.backward(yPred[output], gradient);
            gradient.Dispose();
            return true;
        }

        known = default;
        return false;
    }

    /// <summary>The number for one output.</summary>
    public Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, CallContext context) =>
        Compute(new Batch([], [yTrue], [sampleWeight], yPred.shape[0]), [yPred], context);

    /// <summary>The number for all outputs.</summary>
    public Tensor Compute(Batch batch, Tensor[] yPred, CallContext context)
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
                value = value * factor;
            }

            sum = sum is null ? value : sum.add(value);
        }

        foreach (Tensor added in context.Losses)
        {
            sum = sum is null ? added : sum.add(added);
        }

        foreach (Variable variable in RegularizedNow)
        {
            Tensor price = variable.Regularizer!.Penalty(variable.Value);
            sum = sum is null ? price : sum.add(price);
        }

        return sum ?? throw new InvalidOperationException($"The model '{model.Name}' has nothing to make small: no loss, and no layer "
            + "that adds one.");
    }

    private static Variable[] Regularized(Model model) => [.. model.TrainableWeights.Where(v => v.Regularizer is not null)];
}
