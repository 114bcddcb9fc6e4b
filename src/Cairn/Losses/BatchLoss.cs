using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>
/// The loss of a batch: a number if it is known already, otherwise a tensor that has not been synchronized yet. Valid during the step.
/// </summary>
/// <param name="Number">The loss, if there is no tensor.</param>
/// <param name="Tensor">The loss as a scalar tensor, or null.</param>
/// <param name="Hits">The number of samples whose largest score is at the target class, if the loss pass has counted them.</param>
internal readonly record struct BatchLoss(float Number, Tensor? Tensor, int? Hits = null)
{
    public static implicit operator BatchLoss(float number) => new(number, null);

    public static implicit operator BatchLoss(Tensor tensor) => new(0, tensor);
}
