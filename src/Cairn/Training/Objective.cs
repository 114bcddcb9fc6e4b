using Cairn.Layers;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The number that training makes small: the loss, what the layers add to it, and the prices of regularized weights.</summary>
internal sealed class Objective(Loss loss, Model model)
{
    private readonly Variable[] regularized = [.. model.TrainableWeights.Where(v => v.Regularizer is not null)];

    public Tensor Compute(Tensor yTrue, Tensor yPred, CallContext context)
    {
        Tensor value = loss.Compute(yTrue, yPred);
        foreach (Tensor added in context.Losses) value = value.add(added);
        foreach (Variable variable in regularized) value = value.add(variable.Regularizer!.Penalty(variable.Value));
        return value;
    }
}
