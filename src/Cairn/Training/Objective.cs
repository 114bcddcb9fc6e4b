using Cairn.Layers;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The number that training makes small: the loss, what the layers add to it, and the prices of regularized weights.</summary>
internal sealed class Objective(Loss loss, Model model)
{
    private Variable[] regularized = Regularized(model);
    private int version = model.TrainableVersion;

    // A callback may unfreeze layers between two steps.
    private Variable[] RegularizedNow
    {
        get
        {
            if (version != model.TrainableVersion) (regularized, version) = (Regularized(model), model.TrainableVersion);
            return regularized;
        }
    }

    /// <summary>The number, with its gradients, times the scale, added to the weights.</summary>
    public float Differentiate(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, CallContext context, double? scale = null)
    {
        bool lossAlone = scale is null && sampleWeight is null && RegularizedNow.Length == 0 && context.Losses.Count == 0 && context.MaskOf(yPred) is null;
        if (lossAlone && loss.TryDifferentiate(yTrue, yPred, out float known, out Tensor? gradient))
        {
            autograd.backward(yPred, gradient);
            return known;
        }

        Tensor value = Compute(yTrue, yPred, sampleWeight, context);
        (scale is { } factor ? value * (float)factor : value).backward();
        return value.item<float>();
    }

    public Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, CallContext context)
    {
        Tensor value = loss.Compute(yTrue, yPred, sampleWeight, context.MaskOf(yPred));
        foreach (Tensor added in context.Losses) value = value.add(added);
        foreach (Variable variable in RegularizedNow) value = value.add(variable.Regularizer!.Penalty(variable.Value));
        return value;
    }

    private static Variable[] Regularized(Model model) => [.. model.TrainableWeights.Where(v => v.Regularizer is not null)];
}
