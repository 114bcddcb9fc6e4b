using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>A weight and the gradient of the loss with respect to it.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Value">
/// The gradient, in the weight's shape. It is valid until the end of the step; the optimizer sees changes made to it.
/// </param>
public readonly record struct Gradient(Variable Weight, Tensor Value);
