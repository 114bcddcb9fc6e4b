using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The loss of a batch: a number where it is known already, otherwise a tensor that nobody has waited for yet. Valid during the step.</summary>
/// <param name="Number">The loss, where there is no tensor.</param>
/// <param name="Tensor">The loss as a tensor without axes, or null.</param>
/// <param name="Hits">Samples whose largest score is at the class of their target, where the pass over the scores that gave the loss has counted them.</param>
internal readonly record struct BatchLoss(float Number, Tensor? Tensor, int? Hits = null)
{
    public static implicit operator BatchLoss(float number) => new(number, null);

    public static implicit operator BatchLoss(Tensor tensor) => new(0, tensor);
}
