using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>A weight and how the loss of a batch changes with it.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Value">
/// The derivative of the loss by each of its numbers, in the weight's shape. It lives until the step is over; what is written into it is
/// what the optimizer gets.
/// </param>
public readonly record struct Gradient(Variable Weight, Tensor Value);
